"""The password endpoints.

Source: https://stytch.com/docs/api-reference/consumer/api/passwords/authenticate
"""

import secrets

from authz_sidecar.emulator.addresses import email_address
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import password_factor
from authz_sidecar.emulator.sign_in import SessionArguments, check, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.users import Email, Password, User
from authz_sidecar.emulator.wire import Json

_MIN_LENGTH = 8


class _Credentials(SessionArguments, kw_only=True):
    email: str
    password: str


def new_password(text: str) -> Password:
    """Return a password to keep. Stytch measures strength; here only the length counts.

    Raises:
        ApiError: 400 `weak_password`.
    """
    if len(text) < _MIN_LENGTH:
        raise ApiError(
            400, "weak_password", f"The password must have at least {_MIN_LENGTH} characters."
        )
    return Password(text)


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Credentials)
    check(body, None)
    email = Email(email_address(body.email), verified=False)
    password = new_password(body.password)
    now = emulator.now()
    user = emulator.users.add(User(created_at=now, emails=[email], password=password))
    return {"email_id": email.email_id} | complete(emulator, user, None, password_factor(now), body)


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Credentials)
    user = emulator.users.with_email(email_address(body.email))
    if user is None:
        raise ApiError(404, "email_not_found", "Email could not be found.")
    if user.password is None:
        raise ApiError(400, "no_user_password", "The user does not have a password.")
    if not secrets.compare_digest(user.password.secret.encode(), body.password.encode()):
        raise ApiError(401, "unauthorized_credentials", "Unauthorized credentials.")
    session = current_session(emulator, user, body)
    return complete(emulator, user, session, password_factor(emulator.now()), body)


ENDPOINTS = (
    Endpoint("passwords.create", "POST", "/v1/passwords", _create),
    Endpoint("passwords.authenticate", "POST", "/v1/passwords/authenticate", _authenticate),
)
