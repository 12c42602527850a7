"""A stand-in for Stytch's API, for demos and tests. It is a fake and holds no security.

It keeps users, sessions and one-time codes in memory and answers Stytch's own SDK. It knows
nothing of the sidecar, so that a fault of theirs cannot cancel out one of ours.
"""

from authz_sidecar.emulator.app import create_app
from authz_sidecar.emulator.server import serving
from authz_sidecar.emulator.state import DEFAULT_PROJECT_ID, DEFAULT_SECRET, Emulator

__all__ = ["DEFAULT_PROJECT_ID", "DEFAULT_SECRET", "Emulator", "create_app", "serving"]
