"""Traefik with the files of `deploy/traefik`."""

from pathlib import Path

from tests.integration.proxies.launcher import Launcher


def _command(program: str, directory: Path) -> list[str | Path]:
    return [program, f"--configFile={directory / 'traefik.yaml'}"]


TRAEFIK = Launcher("traefik", _command)
