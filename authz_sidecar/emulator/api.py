"""Every endpoint of Stytch's API that is emulated."""

from authz_sidecar.emulator import otps, passwords, session_endpoints
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.shapes import user_json
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json


def _get_user(emulator: Emulator, call: Call) -> Json:
    # Stytch writes this user's fields flat, not under `user`.
    return user_json(emulator.users.get(call.path["user_id"]))


ENDPOINTS = (
    *passwords.ENDPOINTS,
    *otps.ENDPOINTS,
    *session_endpoints.ENDPOINTS,
    Endpoint("users.get", "GET", "/v1/users/{user_id}", _get_user),
)
