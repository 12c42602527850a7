"""WebAuthn ceremonies: a challenge, and the credential that answers it.

The control API plays browser and authenticator. Its credentials have WebAuthn's outward shape, but
no attestation and no signature: what counts is that the emulator made them for this challenge.

Source: https://stytch.com/docs/api-reference/consumer/api/webauthn/register-start
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from authz_sidecar.emulator.bounded import Bounded
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.user import Passkey

MAX_CEREMONIES = 1000
CEREMONY_SECONDS = 300

Kind = Literal["create", "get"]


@dataclass(slots=True, kw_only=True)
class Ceremony:
    """One registration or authentication under way.

    Attributes:
        user_id: whose it is; empty if the passkey chosen is to tell.
        expires_at: seconds since the epoch.
        offered: the passkey being registered; none in an authentication.
        answered_by: the passkey that a credential was made with, if one was.
    """

    kind: Kind
    domain: str
    user_id: str
    expires_at: float
    offered: Passkey | None = None
    answered_by: Passkey | None = None
    challenge: str = field(default_factory=lambda: secrets.token_urlsafe(32))


class _Response(msgspec.Struct):
    client_data: str = msgspec.field(name="clientDataJSON")


class _Credential(msgspec.Struct):
    id: str
    response: _Response


class _ClientData(msgspec.Struct):
    challenge: str


class Ceremonies:
    """The ceremonies under way by challenge, at most `MAX_CEREMONIES`."""

    def __init__(self) -> None:
        self._ceremonies: Bounded[Ceremony] = Bounded(MAX_CEREMONIES)

    def start(self, ceremony: Ceremony) -> Ceremony:
        """Keep a new ceremony."""
        self._ceremonies.put(ceremony.challenge, ceremony)
        return ceremony

    def get(self, challenge: str) -> Ceremony | None:
        """Return the ceremony of a challenge."""
        return self._ceremonies.get(challenge)

    def answered(self, credential: str, kind: Kind, now: float) -> tuple[Ceremony, Passkey]:
        """Return the ceremony that a credential ends, and the passkey it proves.

        Args:
            credential: the JSON that the control API made.
            kind: what kind of ceremony it must be.
            now: seconds since the epoch.

        Raises:
            ApiError: 400 `invalid_public_key_credential` for any other credential.
        """
        credential_id, challenge = _read(credential)
        ceremony = self.get(challenge)
        if ceremony is None or ceremony.kind != kind or now >= ceremony.expires_at:
            raise invalid_credential("no ceremony of this kind waits for it")
        passkey = ceremony.answered_by
        if passkey is None or passkey.credential_id != credential_id:
            raise invalid_credential("the emulator did not make it, and cannot verify a browser's")
        return ceremony, passkey

    def end(self, ceremony: Ceremony) -> None:
        """Forget a ceremony: its credential works once."""
        self._ceremonies.forget(lambda other: other is ceremony)


def credential_for(ceremony: Ceremony, passkey: Passkey) -> str:
    """Return the credential that ends a ceremony, as a browser would write it.

    Args:
        ceremony: what it answers.
        passkey: what it is made with.
    """
    client_data = {
        "type": f"webauthn.{ceremony.kind}",
        "challenge": ceremony.challenge,
        "origin": f"https://{ceremony.domain}",
    }
    encoded = urlsafe_b64encode(json.dumps(client_data).encode()).rstrip(b"=").decode()
    return json.dumps(
        {
            "id": passkey.credential_id,
            "rawId": passkey.credential_id,
            "type": "public-key",
            "response": {"clientDataJSON": encoded},
            "clientExtensionResults": {},
        }
    )


def _read(credential: str) -> tuple[str, str]:
    """Return the id and the challenge that a credential carries."""
    try:
        outer = msgspec.json.decode(credential, type=_Credential)
        encoded = outer.response.client_data
        inner = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        return outer.id, msgspec.json.decode(inner, type=_ClientData).challenge
    except (msgspec.DecodeError, ValueError) as error:
        raise invalid_credential("it is no JSON of a public key credential") from error


def invalid_credential(why: str) -> ApiError:
    """Return the refusal of a credential, which says why and how to get a good one."""
    return ApiError(
        400,
        "invalid_public_key_credential",
        f"Invalid public key credential: {why}. POST /_emulator/webauthn/credentials makes one.",
    )
