"""The OAuth endpoint. No provider is asked: the control API makes the tokens it redeems.

Source: https://stytch.com/docs/api-reference/consumer/api/oauth/authenticate
"""

import secrets

from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.factors import Factor, proven_now
from authz_sidecar.emulator.oauth_logins import OAuthLogin
from authz_sidecar.emulator.shapes import provider_type
from authz_sidecar.emulator.sign_in import SessionArguments, check, complete
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Email, OAuthRegistration, User
from authz_sidecar.emulator.users import require_room
from authz_sidecar.emulator.wire import Json, rfc3339

_PROVIDER_TOKEN_SECONDS = 3600
_SPELT_APART = {"gitlab": "git_lab", "linkedin": "linked_in", "tiktok": "tik_tok"}


class _Authenticate(SessionArguments, kw_only=True):
    token: str
    code_verifier: str | None = None


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    session = emulator.find_session(body.session_token, body.session_jwt)
    check(body, session)
    login = emulator.oauth_logins.redeem(body.token, body.code_verifier, emulator.now())
    user = _user_of(emulator, login)
    registration = _registration_of(user, login)
    if session and session.user_id != user.user_id:
        # Stytch ignores another user's session here, unlike elsewhere.
        session = None
    factor = _factor(user, registration, login.email, emulator.now())
    answer = complete(emulator, user, session, factor, body)
    return answer | {
        "user_session": answer.pop("session"),
        "provider_subject": login.subject,
        "provider_type": provider_type(login.provider),
        "provider_values": _provider_values(emulator.now()),
        "oauth_user_registration_id": registration.registration_id,
        "reset_sessions": False,
    }


def _user_of(emulator: Emulator, login: OAuthLogin) -> User:
    """Return who logged in: named, registered before, known by the address, or new."""
    users = emulator.users
    if login.user_id is not None:
        return users.get(login.user_id)
    registered = users.one(lambda user: _registered(user, login) is not None)
    known = registered or (users.with_email(login.email) if login.email else None)
    user = known or users.add(User(created_at=emulator.now()))
    if login.email and users.with_email(login.email) is None:
        require_room(user.emails)
        user.emails.append(Email(login.email, verified=True))
    return user


def _registration_of(user: User, login: OAuthLogin) -> OAuthRegistration:
    known = _registered(user, login)
    if known:
        return known
    require_room(user.providers)
    registration = OAuthRegistration(login.provider, login.subject)
    user.providers.append(registration)
    return registration


def _registered(user: User, login: OAuthLogin) -> OAuthRegistration | None:
    return next(
        (
            registration
            for registration in user.providers
            if (registration.provider, registration.subject) == (login.provider, login.subject)
        ),
        None,
    )


def _factor(user: User, registration: OAuthRegistration, address: str | None, now: float) -> Factor:
    email = user.email(address) if address else None
    detail: Json = {
        "id": registration.registration_id,
        "provider_subject": registration.subject,
        "email_id": email.email_id if email else None,
    }
    spelling = _SPELT_APART.get(registration.provider, registration.provider)
    name = f"{spelling}_oauth_factor"
    return proven_now("oauth", f"oauth_{registration.provider}", now, {name: detail})


def _provider_values(now: float) -> Json:
    return {
        "access_token": secrets.token_urlsafe(),
        "refresh_token": "",
        "id_token": "",
        "scopes": ["openid", "email", "profile"],
        "expires_at": rfc3339(now + _PROVIDER_TOKEN_SECONDS),
    }


ENDPOINTS = (Endpoint("oauth.authenticate", "POST", "/v1/oauth/authenticate", _authenticate),)
