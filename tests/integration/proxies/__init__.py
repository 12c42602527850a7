"""Where the scenarios run: one launcher for each proxy."""

from deploy.demo.proxies import PROXIES
from tests.integration.proxies.launcher import Launcher

LAUNCHERS: dict[str, Launcher] = {name: Launcher(proxy) for name, proxy in PROXIES.items()}
