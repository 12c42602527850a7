"""Where the scenarios run: one launcher for each proxy."""

from tests.integration.proxies.launcher import Launcher
from tests.integration.proxies.nginx import NGINX
from tests.integration.proxies.traefik import TRAEFIK

LAUNCHERS: dict[str, Launcher] = {launcher.name: launcher for launcher in (NGINX, TRAEFIK)}
