"""The endpoints that weigh a password and that change one.

Source: https://stytch.com/docs/api-reference/consumer/api/passwords/strength-check
"""

import msgspec

from authz_sidecar.emulator.endpoints import Call, Endpoint, none_of
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import Factor, password_factor
from authz_sidecar.emulator.passwords import (
    MIN_LENGTH,
    new_password,
    require_password,
    user_with_password,
)
from authz_sidecar.emulator.sign_in import (
    SessionArguments,
    check,
    complete,
    current_session,
    refresh,
    session_answer,
)
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json

_FRESH_SECONDS = 300
_MAY_RESET = frozenset({("password", "knowledge"), ("magic_link", "email"), ("otp", "email")})


class _StrengthCheck(msgspec.Struct, kw_only=True):
    password: str


class _ByPassword(SessionArguments, kw_only=True):
    email: str
    existing_password: str
    new_password: str


class _BySession(SessionArguments, kw_only=True):
    password: str


def _strength_check(_: Emulator, call: Call) -> Json:
    password = call.body(_StrengthCheck).password
    missing = max(0, MIN_LENGTH - len(password))
    kinds = {
        "has_lower_case": any(letter.islower() for letter in password),
        "has_upper_case": any(letter.isupper() for letter in password),
        "has_digit": any(letter.isdigit() for letter in password),
        "has_symbol": any(not letter.isalnum() for letter in password),
    }
    return {
        "valid_password": not missing,
        "score": 1 if missing else 4,
        "breached_password": False,
        "strength_policy": "luds",
        "breach_detection_on_create": False,
        "feedback": {
            "warning": "",
            "suggestions": [],
            "luds_requirements": kinds | {"missing_complexity": 0, "missing_characters": missing},
        },
    }


def _reset_by_password(emulator: Emulator, call: Call) -> Json:
    body = call.body(_ByPassword)
    user = user_with_password(emulator, body.email)
    require_password(user, body.existing_password)
    password = new_password(body.new_password)
    session = current_session(emulator, user, body)
    now = emulator.now()
    user.password = password
    emulator.sessions.revoke_user(user.user_id, now, session)
    return complete(emulator, user, session, password_factor(now), body)


def _reset_by_session(emulator: Emulator, call: Call) -> Json:
    body = call.body(_BySession)
    session = emulator.find_session(body.session_token, body.session_jwt)
    if session is None:
        raise none_of("no_session_arguments", "session_token", "session_jwt")
    check(body, session)
    now = emulator.now()
    if not any(_may_reset(factor, now) for factor in session.factors):
        raise ApiError(
            401,
            "session_too_old_to_reset_password",
            "A password or e-mail factor of the last five minutes is needed.",
        )
    user = emulator.users.get(session.user_id)
    user.password = new_password(body.password)
    emulator.sessions.revoke_user(user.user_id, now, session)
    refresh(session, body, now)
    return {"user_id": user.user_id} | session_answer(emulator, session, body.session_token or "")


def _may_reset(factor: Factor, now: float) -> bool:
    proven_at = factor.last_authenticated_at
    return (
        (factor.type, factor.delivery_method) in _MAY_RESET
        and proven_at is not None
        and now - proven_at <= _FRESH_SECONDS
    )


ENDPOINTS = (
    Endpoint("passwords.strength_check", "POST", "/v1/passwords/strength_check", _strength_check),
    Endpoint(
        "passwords.existing_password.reset",
        "POST",
        "/v1/passwords/existing_password/reset",
        _reset_by_password,
    ),
    Endpoint("passwords.sessions.reset", "POST", "/v1/passwords/session/reset", _reset_by_session),
)
