"""Control of sessions and of the factors they hold: made up, aged, expired, revoked."""

from typing import Annotated

import msgspec

from authz_sidecar.emulator.custom_claims import merge_claims
from authz_sidecar.emulator.endpoints import Call, Endpoint, none_of, too_many
from authz_sidecar.emulator.errors import ApiError, session_not_found
from authz_sidecar.emulator.factors import Factor
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.shapes import session_json
from authz_sidecar.emulator.sign_in import new_session, session_answer
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json

_YEAR = 366 * 24 * 3600
_Seconds = Annotated[float, msgspec.Meta(ge=-_YEAR, le=_YEAR)]
_Minutes = Annotated[int, msgspec.Meta(ge=1, le=527_040)]
_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class _Which(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    session_token: str | None = None
    session_id: str | None = None
    user_id: str | None = None


class _Age(_Which, kw_only=True):
    type: str
    delivery_method: str
    seconds: _Seconds


class _NewFactor(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    type: _Word
    delivery_method: _Word
    age_seconds: _Seconds | None = 0.0
    details: dict[str, Json] = {}


class _Inject(_Which, kw_only=True):
    factor: _NewFactor


class _Expire(_Which, kw_only=True):
    in_seconds: _Seconds = 0.0


class _NewSession(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    factors: list[_NewFactor]
    session_duration_minutes: _Minutes = 60
    custom_claims: Json = {}


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_NewSession)
    user = emulator.users.get(body.user_id)
    now = emulator.now()
    factors = [_factor(factor, now) for factor in body.factors]
    session = new_session(user, factors, now, body.session_duration_minutes)
    session.custom_claims = merge_claims({}, body.custom_claims)
    emulator.sessions.add(session)
    return session_answer(emulator, session, session.token)


def _list(emulator: Emulator, call: Call) -> Json:
    sessions = emulator.sessions.live(emulator.now(), call.query.get("user_id"))
    return _answer(emulator, sessions)


def _age(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Age)
    sessions = _chosen(emulator, body)
    aged = [
        factor
        for session in sessions
        for factor in session.factors
        if (factor.type, factor.delivery_method) == (body.type, body.delivery_method)
    ]
    if not aged:
        raise ApiError(
            404, "factor_not_found", f"No {body.type} by {body.delivery_method} in these sessions."
        )
    for factor in aged:
        if factor.last_authenticated_at is not None:
            factor.last_authenticated_at -= body.seconds
    return {"aged": len(aged)} | _answer(emulator, sessions)


def _inject(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Inject)
    sessions = _chosen(emulator, body)
    for session in sessions:
        session.factors.append(_factor(body.factor, emulator.now()))
    return _answer(emulator, sessions)


def _expire(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Expire)
    sessions = _chosen(emulator, body)
    for session in sessions:
        session.expires_at = emulator.now() + body.in_seconds
    return _answer(emulator, sessions)


def _revoke(emulator: Emulator, call: Call) -> Json:
    sessions = _chosen(emulator, call.body(_Which))
    for session in sessions:
        session.revoked_at = emulator.now()
    return _answer(emulator, sessions)


def _factor(new: _NewFactor, now: float) -> Factor:
    proven_at = None if new.age_seconds is None else now - new.age_seconds
    details: Json = dict(new.details)
    return Factor(new.type, new.delivery_method, proven_at, now, now, details)


def _chosen(emulator: Emulator, which: _Which) -> list[Session]:
    names = ("session_token", "session_id", "user_id")
    given = [name for name in names if getattr(which, name) is not None]
    if len(given) > 1:
        raise too_many("bad_request", *names)
    now = emulator.now()
    if which.session_token is not None:
        session = emulator.find_session(which.session_token, None)
        return [session] if session else []
    if which.session_id is not None:
        return [emulator.sessions.with_id(which.session_id, now)]
    if which.user_id is None:
        raise none_of("bad_request", *names)
    sessions = emulator.sessions.live(now, emulator.users.get(which.user_id).user_id)
    if not sessions:
        raise session_not_found()
    return sessions


def _answer(emulator: Emulator, sessions: list[Session]) -> Json:
    return {
        "sessions": [
            session_json(session, emulator.users.get(session.user_id))
            | {"session_token": session.token}
            for session in sessions
        ],
    }


ENDPOINTS = (
    Endpoint("sessions.create", "POST", "/_emulator/sessions", _create),
    Endpoint("sessions.list", "GET", "/_emulator/sessions", _list),
    Endpoint("sessions.expire", "POST", "/_emulator/sessions/expire", _expire),
    Endpoint("sessions.revoke", "POST", "/_emulator/sessions/revoke", _revoke),
    Endpoint("factors.age", "POST", "/_emulator/factors/age", _age),
    Endpoint("factors.inject", "POST", "/_emulator/factors", _inject),
)
