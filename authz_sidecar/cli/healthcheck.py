"""`authz-sidecar healthcheck`: is the service on this machine ready? For containers."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import aiohttp

from authz_sidecar.settings import Listen, UnixAddress, load_settings

_TIMEOUT = 3.0
_READY = 200


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("healthcheck", help="exit 0 if the service here is ready")
    parser.add_argument(
        "--settings",
        type=Path,
        default=Path("config/sidecar.yaml"),
        metavar="FILE",
        help="the settings of the service, for its admin address (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask `/readyz`.

    Returns:
        0 if the service is ready, 1 if it is not, 2 if its address could not be read.
    """
    settings = load_settings(arguments.settings, os.environ)
    if isinstance(settings, list):
        for problem in settings:
            print(problem, file=sys.stderr)
        return 2
    try:
        ready = asyncio.run(_is_ready(settings.admin_listen))
    except (aiohttp.ClientError, TimeoutError) as error:
        print(f"not ready: {settings.admin_listen}: {str(error) or 'no answer'}", file=sys.stderr)
        return 1
    print("ready" if ready else "not ready", file=sys.stderr)
    return 0 if ready else 1


async def _is_ready(address: Listen) -> bool:
    connector: aiohttp.BaseConnector = aiohttp.TCPConnector()
    netloc = str(address)
    if isinstance(address, UnixAddress):
        connector, netloc = aiohttp.UnixConnector(path=address.path), "localhost"
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        session.get(f"http://{netloc}/readyz") as answer,
    ):
        return answer.status == _READY
