"""Control of sessions: made up, listed, expired, revoked."""

from typing import Annotated

import msgspec

from authz_sidecar.emulator.control_inputs import (
    MadeUpFactor,
    Seconds,
    Which,
    chosen_sessions,
    sessions_answer,
)
from authz_sidecar.emulator.custom_claims import merge_claims
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.sign_in import new_session, session_answer
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json

_Minutes = Annotated[int, msgspec.Meta(ge=1, le=527_040)]


class _Expire(Which, kw_only=True):
    in_seconds: Seconds = 0.0


class _NewSession(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    factors: list[MadeUpFactor]
    session_duration_minutes: _Minutes = 60
    custom_claims: Json = {}


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_NewSession)
    user = emulator.users.get(body.user_id)
    now = emulator.now()
    factors = [factor.at(now) for factor in body.factors]
    session = new_session(user, factors, now, body.session_duration_minutes)
    session.custom_claims = merge_claims({}, body.custom_claims)
    emulator.sessions.add(session)
    return session_answer(emulator, session, session.token)


def _list(emulator: Emulator, call: Call) -> Json:
    sessions = emulator.sessions.live(emulator.now(), call.query.get("user_id"))
    return sessions_answer(emulator, sessions)


def _expire(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Expire)
    sessions = chosen_sessions(emulator, body)
    for session in sessions:
        session.expires_at = emulator.now() + body.in_seconds
    return sessions_answer(emulator, sessions)


def _revoke(emulator: Emulator, call: Call) -> Json:
    sessions = chosen_sessions(emulator, call.body(Which))
    for session in sessions:
        session.revoked_at = emulator.now()
    return sessions_answer(emulator, sessions)


ENDPOINTS = (
    Endpoint("sessions.create", "POST", "/_emulator/sessions", _create),
    Endpoint("sessions.list", "GET", "/_emulator/sessions", _list),
    Endpoint("sessions.expire", "POST", "/_emulator/sessions/expire", _expire),
    Endpoint("sessions.revoke", "POST", "/_emulator/sessions/revoke", _revoke),
)
