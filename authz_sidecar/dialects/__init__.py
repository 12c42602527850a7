"""How each proxy asks and is answered. A dialect is configured, never guessed from headers."""

from collections.abc import Callable

from authz_sidecar.dialects.base import Dialect, DialectConfig
from authz_sidecar.dialects.nginx import Nginx
from authz_sidecar.dialects.traefik import Traefik

DIALECTS: dict[str, Callable[[DialectConfig], Dialect]] = {"nginx": Nginx, "traefik": Traefik}
"""By name; each is made with what the settings choose."""
