"""Control of OAuth: plays the provider and the browser, up to the token that comes out."""

import secrets
from typing import Annotated

import msgspec

from authz_sidecar.emulator.addresses import email_address
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.oauth_logins import LOGIN_SECONDS, OAuthLogin, Provider
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json


class _Login(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    provider: Provider
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None
    email: str | None = None
    user_id: str | None = None
    code_challenge: str | None = None


def _log_in(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Login)
    login = OAuthLogin(
        provider=body.provider,
        subject=body.subject or secrets.token_hex(10),
        email=None if body.email is None else email_address(body.email),
        user_id=None if body.user_id is None else emulator.users.get(body.user_id).user_id,
        code_challenge=body.code_challenge,
        expires_at=emulator.now() + LOGIN_SECONDS,
    )
    return {"token": emulator.oauth_logins.add(login).token, "provider_subject": login.subject}


ENDPOINTS = (Endpoint("oauth.log_in", "POST", "/_emulator/oauth/tokens", _log_in),)
