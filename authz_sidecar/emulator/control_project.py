"""Control of the project: its clock, its keys, what its JWTs say, and its policy of roles."""

from typing import Annotated

import msgspec

from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.rbac import Policy
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json, rfc3339

_YEAR = 366 * 24 * 3600


class _Clock(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    offset_seconds: Annotated[float, msgspec.Meta(ge=-_YEAR, le=_YEAR)]


class _Jwts(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    issuer: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None
    custom_audience: Annotated[str, msgspec.Meta(min_length=1, max_length=255)] | None = None


class _Rotation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    keep_old: bool = True


def _status(emulator: Emulator, _: Call) -> Json:
    return {
        "emulator": True,
        "project_id": emulator.project_id,
        "revoke_after": emulator.revoke_after,
        "now": rfc3339(emulator.now()),
        "clock_offset_seconds": emulator.clock_offset,
        "issuer": emulator.jwts.issuer,
        "custom_audience": emulator.jwts.custom_audience,
        "endpoints": list(emulator.calls),
    }


def _set_clock(emulator: Emulator, call: Call) -> Json:
    emulator.clock_offset = call.body(_Clock).offset_seconds
    return {"now": rfc3339(emulator.now())}


def _set_jwts(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Jwts)
    emulator.jwts.issuer, emulator.jwts.custom_audience = body.issuer, body.custom_audience
    return {"issuer": body.issuer, "custom_audience": body.custom_audience}


def _rotate(emulator: Emulator, call: Call) -> Json:
    return {"kid": emulator.jwts.rotate(keep_old=call.body(_Rotation).keep_old)}


def _set_policy(emulator: Emulator, call: Call) -> Json:
    emulator.policy = call.body(Policy)
    return {"policy": emulator.policy.json()}


ENDPOINTS = (
    Endpoint("status", "GET", "/_emulator", _status),
    Endpoint("clock.set", "PUT", "/_emulator/clock", _set_clock),
    Endpoint("jwts.set", "PUT", "/_emulator/jwts", _set_jwts),
    Endpoint("keys.rotate", "POST", "/_emulator/keys/rotate", _rotate),
    Endpoint("rbac.set_policy", "PUT", "/_emulator/rbac/policy", _set_policy),
)
