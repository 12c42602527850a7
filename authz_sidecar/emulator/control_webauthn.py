"""Control of WebAuthn: plays the browser and the authenticator that a user would touch."""

import msgspec

from authz_sidecar.emulator.ceremonies import Ceremony, credential_for
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Passkey
from authz_sidecar.emulator.wire import Json


class _Options(msgspec.Struct, kw_only=True):
    challenge: str


class _Touch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    options: str
    webauthn_registration_id: str | None = None


def _touch(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Touch)
    try:
        challenge = msgspec.json.decode(body.options, type=_Options).challenge
    except msgspec.DecodeError as error:
        raise bad_request("options must be the text that a start endpoint gave.") from error
    ceremony = emulator.ceremonies.get(challenge)
    if ceremony is None:
        raise ApiError(404, "ceremony_not_found", "No ceremony has these options; start one.")
    passkey = ceremony.offered or _chosen(emulator, ceremony, body.webauthn_registration_id)
    ceremony.answered_by = passkey
    return {"public_key_credential": credential_for(ceremony, passkey)}


def _chosen(emulator: Emulator, ceremony: Ceremony, registration_id: str | None) -> Passkey:
    """Return the passkey to authenticate by, which must be the only one that will do."""
    fitting = [
        passkey
        for user in emulator.users.all()
        for passkey in user.passkeys
        if ceremony.user_id in {"", user.user_id}
        and passkey.domain == ceremony.domain
        and registration_id in {None, passkey.registration_id}
    ]
    if not fitting:
        raise ApiError(404, "webauthn_registration_not_found", "No such passkey for this domain.")
    if len(fitting) > 1:
        raise bad_request("Several passkeys will do: say which by webauthn_registration_id.")
    return fitting[0]


ENDPOINTS = (Endpoint("webauthn.touch", "POST", "/_emulator/webauthn/credentials", _touch),)
