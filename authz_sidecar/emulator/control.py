"""The control API under `/_emulator/`: what Stytch's dashboard, time and fate would do.

It asks for no credentials, since whoever reaches the loopback port owns the fake. Unlike
Stytch's API it refuses a field it does not know, so that a typing mistake in a test shows.
"""

from authz_sidecar.emulator import control_faults, control_sessions, control_users
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json


def _status(emulator: Emulator, _: Call) -> Json:
    return {
        "emulator": True,
        "project_id": emulator.project_id,
        "revoke_after": emulator.revoke_after,
        "endpoints": list(emulator.calls),
    }


ENDPOINTS = (
    Endpoint("status", "GET", "/_emulator", _status),
    *control_users.ENDPOINTS,
    *control_sessions.ENDPOINTS,
    *control_faults.ENDPOINTS,
)
