"""Control of the factors that sessions hold: aged, made up, proven."""

from authz_sidecar.emulator.control_inputs import (
    MadeUpFactor,
    ProvenFactor,
    Seconds,
    Which,
    chosen_sessions,
    sessions_answer,
)
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.factors import MAX_FACTORS, proven_now
from authz_sidecar.emulator.sign_in import SessionArguments, complete
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json


class _Age(Which, kw_only=True):
    type: str
    delivery_method: str
    seconds: Seconds


class _Inject(Which, kw_only=True):
    factor: MadeUpFactor


class _Prove(Which, kw_only=True):
    factor: ProvenFactor


def _age(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Age)
    sessions = chosen_sessions(emulator, body)
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
    return {"aged": len(aged)} | sessions_answer(emulator, sessions)


def _inject(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Inject)
    sessions = chosen_sessions(emulator, body)
    for session in sessions:
        session.factors = [*session.factors, body.factor.at(emulator.now())][-MAX_FACTORS:]
    return sessions_answer(emulator, sessions)


def _prove(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Prove)
    sessions = chosen_sessions(emulator, body)
    if len(sessions) > 1:
        raise bad_request("The user has several sessions: say which by session_id.")
    factor = proven_now(
        body.factor.type, body.factor.delivery_method, emulator.now(), dict(body.factor.details)
    )
    [session] = sessions
    user = emulator.users.get(session.user_id)
    return complete(emulator, user, session, factor, SessionArguments())


ENDPOINTS = (
    Endpoint("factors.age", "POST", "/_emulator/factors/age", _age),
    Endpoint("factors.inject", "POST", "/_emulator/factors", _inject),
    Endpoint("factors.prove", "POST", "/_emulator/factors/prove", _prove),
)
