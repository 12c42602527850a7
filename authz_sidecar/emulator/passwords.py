"""The password endpoints.

Source: https://stytch.com/docs/api-reference/consumer/api/passwords/authenticate
"""

import secrets

from authz_sidecar.emulator.addresses import email_address
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import password_factor
from authz_sidecar.emulator.profiles import Profile, apply_profile
from authz_sidecar.emulator.recipients import email_not_found
from authz_sidecar.emulator.sign_in import SessionArguments, check, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Email, Password, User
from authz_sidecar.emulator.wire import Json

MIN_LENGTH = 8


class _Credentials(SessionArguments, kw_only=True):
    email: str
    password: str


class _NewCredentials(Profile, kw_only=True):
    email: str
    password: str
    session_duration_minutes: int | None = None
    session_custom_claims: Json | None = None

    def session_arguments(self) -> SessionArguments:
        return SessionArguments(
            session_duration_minutes=self.session_duration_minutes,
            session_custom_claims=self.session_custom_claims,
        )


def new_password(text: str) -> Password:
    """Return a password to keep. Stytch measures strength; here only the length counts.

    Raises:
        ApiError: 400 `weak_password`.
    """
    if len(text) < MIN_LENGTH:
        raise ApiError(
            400, "weak_password", f"The password must have at least {MIN_LENGTH} characters."
        )
    return Password(text)


def user_with_password(emulator: Emulator, address: str) -> User:
    """Return the user of an e-mail address who signs in by a password.

    Raises:
        ApiError: 404 `email_not_found` or 400 `no_user_password`.
    """
    user = emulator.users.with_email(email_address(address))
    if user is None:
        raise email_not_found()
    if user.password is None:
        raise ApiError(400, "no_user_password", "The user does not have a password.")
    return user


def require_password(user: User, given: str) -> None:
    """Refuse a password that is not the user's.

    Raises:
        ApiError: 401 `unauthorized_credentials`.
    """
    kept = user.password.secret if user.password else ""
    if not secrets.compare_digest(kept.encode(), given.encode()):
        raise ApiError(401, "unauthorized_credentials", "Unauthorized credentials.")


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_NewCredentials)
    arguments = body.session_arguments()
    check(arguments, None)
    email = Email(email_address(body.email), verified=False)
    password = new_password(body.password)
    now = emulator.now()
    user = User(created_at=now, emails=[email], password=password)
    apply_profile(emulator.users, user, body)
    emulator.users.add(user)
    answer = complete(emulator, user, None, password_factor(now), arguments)
    return {"email_id": email.email_id} | answer


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Credentials)
    user = user_with_password(emulator, body.email)
    require_password(user, body.password)
    session = current_session(emulator, user, body)
    return complete(emulator, user, session, password_factor(emulator.now()), body)


ENDPOINTS = (
    Endpoint("passwords.create", "POST", "/v1/passwords", _create),
    Endpoint("passwords.authenticate", "POST", "/v1/passwords/authenticate", _authenticate),
)
