"""Where and how: `config/sidecar.yaml` and the environment -> frozen settings.

Read once at start-up; unlike the policy they do not reload. Secrets come from the environment or
from a file of their own, and appear in no problem and no repr.
"""

from authz_sidecar.settings.credentials import PROJECT_ID_VARIABLE, SECRET_VARIABLE
from authz_sidecar.settings.load import load_settings
from authz_sidecar.settings.model import SettingsModel
from authz_sidecar.settings.readers import read_listen
from authz_sidecar.settings.values import (
    Listen,
    SessionSettings,
    Settings,
    StytchSettings,
    TcpAddress,
    UnixAddress,
)

__all__ = [
    "PROJECT_ID_VARIABLE",
    "SECRET_VARIABLE",
    "Listen",
    "SessionSettings",
    "Settings",
    "SettingsModel",
    "StytchSettings",
    "TcpAddress",
    "UnixAddress",
    "load_settings",
    "read_listen",
]
