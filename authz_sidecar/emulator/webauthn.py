"""The endpoints of passkeys and other WebAuthn registrations.

Source: https://stytch.com/docs/api-reference/consumer/api/webauthn/authenticate
"""

import json
import secrets
from base64 import urlsafe_b64encode

import msgspec

from authz_sidecar.emulator.ceremonies import CEREMONY_SECONDS, Ceremony, Kind, invalid_credential
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import proven_now
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.sign_in import SessionArguments, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Passkey, User
from authz_sidecar.emulator.users import require_room
from authz_sidecar.emulator.wire import Json

_ES256 = -7
_RS256 = -257


class _Start(msgspec.Struct, kw_only=True):
    domain: str


class _RegisterStart(_Start, kw_only=True):
    user_id: str
    user_agent: str = ""
    authenticator_type: str = ""


class _AuthenticateStart(_Start, kw_only=True):
    user_id: str | None = None


class _Authenticate(SessionArguments, kw_only=True):
    public_key_credential: str


class _Register(_Authenticate, kw_only=True):
    user_id: str


def _register_start(emulator: Emulator, call: Call) -> Json:
    body = call.body(_RegisterStart)
    user = emulator.users.get(body.user_id)
    if user.pending:
        raise ApiError(
            400, "cannot_use_webauthn_with_pending_user", "The user is pending; verify them first."
        )
    require_room(user.passkeys)
    passkey = Passkey(
        body.domain, body.user_agent, body.authenticator_type, secrets.token_urlsafe(32)
    )
    ceremony = _start(emulator, "create", body.domain, user.user_id)
    ceremony.offered = passkey
    handle = urlsafe_b64encode(user.user_id.encode()).rstrip(b"=").decode()
    options = {
        "challenge": ceremony.challenge,
        "rp": {"id": body.domain, "name": body.domain},
        "user": {"id": handle, "name": user.user_id, "displayName": user.user_id},
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (_ES256, _RS256)],
        "excludeCredentials": _descriptors(user, body.domain),
        "timeout": CEREMONY_SECONDS * 1000,
        "attestation": "none",
    }
    return {
        "user_id": user.user_id,
        "public_key_credential_creation_options": json.dumps(options),
    }


def _register(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Register)
    user = emulator.users.get(body.user_id)
    now = emulator.now()
    ceremony, passkey = emulator.ceremonies.answered(body.public_key_credential, "create", now)
    if ceremony.user_id != user.user_id:
        raise invalid_credential("another user's registration waits for it")
    session = current_session(emulator, user, body)
    require_room(user.passkeys)
    user.passkeys.append(passkey)
    return _complete(emulator, user, session, body, (ceremony, passkey))


def _authenticate_start(emulator: Emulator, call: Call) -> Json:
    body = call.body(_AuthenticateStart)
    user = None if body.user_id is None else emulator.users.get(body.user_id)
    allowed = _descriptors(user, body.domain) if user else []
    if user and not allowed:
        raise ApiError(
            404, "no_active_webauthn_registrations", "The user has no passkey for this domain."
        )
    user_id = user.user_id if user else ""
    ceremony = _start(emulator, "get", body.domain, user_id)
    options = {
        "challenge": ceremony.challenge,
        "rpId": body.domain,
        "allowCredentials": allowed,
        "timeout": CEREMONY_SECONDS * 1000,
        "userVerification": "preferred",
    }
    return {"user_id": user_id, "public_key_credential_request_options": json.dumps(options)}


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    proof = emulator.ceremonies.answered(body.public_key_credential, "get", emulator.now())
    user = emulator.users.one(lambda user: proof[1] in user.passkeys)
    if user is None:
        raise ApiError(404, "webauthn_registration_not_found", "The passkey has been deleted.")
    session = current_session(emulator, user, body)
    return _complete(emulator, user, session, body, proof)


def _complete(
    emulator: Emulator,
    user: User,
    session: Session | None,
    body: _Authenticate,
    proof: tuple[Ceremony, Passkey],
) -> Json:
    ceremony, passkey = proof
    emulator.ceremonies.end(ceremony)
    detail: Json = {
        "webauthn_registration_id": passkey.registration_id,
        "domain": passkey.domain,
        "user_agent": passkey.user_agent,
    }
    factor = proven_now(
        "webauthn", "webauthn_registration", emulator.now(), {"webauthn_factor": detail}
    )
    answer = complete(emulator, user, session, factor, body)
    return answer | {"webauthn_registration_id": passkey.registration_id}


def _start(emulator: Emulator, kind: Kind, domain: str, user_id: str) -> Ceremony:
    expires_at = emulator.now() + CEREMONY_SECONDS
    return emulator.ceremonies.start(
        Ceremony(kind=kind, domain=domain, user_id=user_id, expires_at=expires_at)
    )


def _descriptors(user: User, domain: str) -> list[Json]:
    return [
        {"type": "public-key", "id": passkey.credential_id}
        for passkey in user.passkeys
        if passkey.domain == domain
    ]


ENDPOINTS = (
    Endpoint("webauthn.register_start", "POST", "/v1/webauthn/register/start", _register_start),
    Endpoint("webauthn.register", "POST", "/v1/webauthn/register", _register),
    Endpoint(
        "webauthn.authenticate_start",
        "POST",
        "/v1/webauthn/authenticate/start",
        _authenticate_start,
    ),
    Endpoint("webauthn.authenticate", "POST", "/v1/webauthn/authenticate", _authenticate),
)
