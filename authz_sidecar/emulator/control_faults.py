"""Control of faults, and the count of calls."""

from typing import Annotated

import msgspec

from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.faults import Fault, FaultKind, covers
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json

_DEFAULT_STATUS = {"html": 503}
_ERROR_TYPES = {429: "too_many_requests", 500: "internal_server_error", 503: "server_unavailable"}


class _NewFault(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    kind: FaultKind
    endpoint: str | None = None
    seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] | None = None
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    error_type: str | None = None
    set_fields: Json | None = None
    drop_fields: list[str] | None = None
    times: Annotated[int, msgspec.Meta(ge=1)] | None = None


def _set(emulator: Emulator, call: Call) -> Json:
    body = call.body(_NewFault)
    _require_sense(emulator, body)
    status = body.status or _DEFAULT_STATUS.get(body.kind, 500)
    fault = Fault(
        fault_id=emulator.faults.next_id(),
        kind=body.kind,
        endpoint=body.endpoint,
        seconds=body.seconds or 0.0,
        status=status,
        error_type=body.error_type or _ERROR_TYPES.get(status, "bad_request"),
        set_fields=body.set_fields or {},
        drop_fields=body.drop_fields or [],
        times=body.times,
    )
    emulator.faults.add(fault)
    return {"fault": fault.json()}


def _require_sense(emulator: Emulator, body: _NewFault) -> None:
    if (body.kind == "delay") != (body.seconds is not None):
        raise bad_request("seconds is needed for the kind delay, and for no other.")
    if body.status is not None and body.kind not in {"error", "html"}:
        raise bad_request("status goes with the kinds error and html only.")
    if body.error_type is not None and body.kind != "error":
        raise bad_request("error_type goes with the kind error only.")
    if (body.kind == "alter") != bool(body.set_fields or body.drop_fields):
        raise bad_request(
            "set_fields or drop_fields is needed for the kind alter, and for no other."
        )
    _require_known(emulator, body.endpoint)


def _require_known(emulator: Emulator, endpoint: str | None) -> None:
    if endpoint is None or endpoint.startswith(("/v1", "/.well-known")):
        return
    if not any(covers(endpoint, name, "") for name in emulator.calls):
        known = ", ".join(emulator.calls)
        raise bad_request(
            f"endpoint must be a path from /v1 or /.well-known on, or one of these names: {known}."
        )


def _list(emulator: Emulator, _: Call) -> Json:
    return {"faults": [fault.json() for fault in emulator.faults.all()]}


def _clear(emulator: Emulator, _: Call) -> Json:
    return {"cleared": emulator.faults.clear()}


def _clear_one(emulator: Emulator, call: Call) -> Json:
    cleared = emulator.faults.clear(int(call.path["fault_id"]))
    if not cleared:
        raise ApiError(404, "fault_not_found", "There is no such fault.")
    return {"cleared": cleared}


def _calls(emulator: Emulator, _: Call) -> Json:
    return {"calls": dict(emulator.calls)}


def _reset_calls(emulator: Emulator, _: Call) -> Json:
    counted = dict(emulator.calls)
    emulator.calls.update(dict.fromkeys(counted, 0))
    return {"calls": counted}


ENDPOINTS = (
    Endpoint("faults.set", "POST", "/_emulator/faults", _set),
    Endpoint("faults.list", "GET", "/_emulator/faults", _list),
    Endpoint("faults.clear", "DELETE", "/_emulator/faults", _clear),
    Endpoint("faults.clear_one", "DELETE", r"/_emulator/faults/{fault_id:\d{1,9}}", _clear_one),
    Endpoint("calls.list", "GET", "/_emulator/calls", _calls),
    Endpoint("calls.reset", "DELETE", "/_emulator/calls", _reset_calls),
)
