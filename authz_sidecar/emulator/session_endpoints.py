"""The session endpoints, the public keys, and the policy that authorization checks go by.

Source: https://stytch.com/docs/api-reference/consumer/api/sessions/authenticate-session
"""

import msgspec

from authz_sidecar.emulator.endpoints import Call, Endpoint, none_of, too_many
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.rbac import AuthorizationCheck, verdict
from authz_sidecar.emulator.shapes import session_json
from authz_sidecar.emulator.sign_in import SessionArguments, check, refresh, session_answer
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json


class _Authenticate(SessionArguments, kw_only=True):
    authorization_check: AuthorizationCheck | None = None


class _Revoke(msgspec.Struct, kw_only=True):
    session_id: str | None = None
    session_token: str | None = None
    session_jwt: str | None = None


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    session = emulator.find_session(body.session_token, body.session_jwt)
    if session is None:
        raise none_of("no_session_arguments", "session_token", "session_jwt")
    check(body, session)
    checked: Json = {}
    if body.authorization_check is not None:
        user = emulator.users.get(session.user_id)
        checked["verdict"] = verdict(emulator.policy, user, body.authorization_check)
    refresh(session, body, emulator.now())
    # A caller who comes with a JWT is not told the token.
    return session_answer(emulator, session, body.session_token or "") | checked


def _get(emulator: Emulator, call: Call) -> Json:
    user_id = call.query.get("user_id")
    if not user_id:
        raise bad_request("user_id is missing from the query.")
    user = emulator.users.get(user_id)
    sessions = emulator.sessions.live(emulator.now(), user_id)
    return {"sessions": [session_json(session, user) for session in sessions]}


def _revoke(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Revoke)
    names = ("session_id", "session_token", "session_jwt")
    given = [name for name in names if getattr(body, name) is not None]
    if len(given) > 1:
        raise too_many("too_many_session_revoke_arguments", *names)
    if body.session_id is not None:
        session = emulator.sessions.with_id(body.session_id, emulator.now())
    else:
        found = emulator.find_session(body.session_token, body.session_jwt)
        if found is None:
            raise none_of("no_session_revoke_arguments", *names)
        session = found
    session.revoked_at = emulator.now()
    return {}


def _policy(emulator: Emulator, _: Call) -> Json:
    return {"policy": emulator.policy.json()}


def _jwks(emulator: Emulator, call: Call) -> Json:
    if call.path["project_id"] != emulator.project_id:
        raise ApiError(404, "project_not_found", "Project could not be found.")
    return {"keys": emulator.jwts.jwks()}


def _jwks_of_custom_domain(emulator: Emulator, _: Call) -> Json:
    return {"keys": emulator.jwts.jwks()}


ENDPOINTS = (
    Endpoint("sessions.authenticate", "POST", "/v1/sessions/authenticate", _authenticate),
    Endpoint("sessions.get", "GET", "/v1/sessions", _get),
    Endpoint("sessions.revoke", "POST", "/v1/sessions/revoke", _revoke),
    Endpoint("sessions.get_jwks", "GET", "/v1/sessions/jwks/{project_id}", _jwks, public=True),
    Endpoint(
        "sessions.get_jwks",
        "GET",
        "/.well-known/jwks.json",
        _jwks_of_custom_domain,
        public=True,
    ),
    Endpoint("rbac.policy", "GET", "/v1/rbac/policy", _policy),
)
