"""The control API under `/_emulator/`: what Stytch's dashboard, time and fate would do.

It asks for no credentials, since whoever reaches the loopback port owns the fake. Unlike
Stytch's API it refuses a field it does not know, so that a typing mistake in a test shows.
"""

from authz_sidecar.emulator import (
    control_factors,
    control_faults,
    control_oauth,
    control_project,
    control_sessions,
    control_users,
    control_webauthn,
)

ENDPOINTS = (
    *control_project.ENDPOINTS,
    *control_users.ENDPOINTS,
    *control_sessions.ENDPOINTS,
    *control_factors.ENDPOINTS,
    *control_oauth.ENDPOINTS,
    *control_webauthn.ENDPOINTS,
    *control_faults.ENDPOINTS,
)
