"""Serves an emulated project on a loopback port."""

import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from authz_sidecar.emulator.app import create_app
from authz_sidecar.emulator.state import Emulator

_SHUTDOWN_SECONDS = 1.0


@asynccontextmanager
async def serving(emulator: Emulator, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the emulator inside this block.

    Args:
        emulator: the project to serve.
        host: a loopback address.
        port: the TCP port; 0 takes a free one.

    Yields:
        The base URL, with the real port, to give Stytch's SDK as `environment`.

    Raises:
        ValueError: if the host is not a loopback address.
        OSError: if the port cannot be bound.
    """
    if not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"{host} is not a loopback address; the emulator holds no security")
    runner = web.AppRunner(
        create_app(emulator), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound_host, bound_port = runner.addresses[0][:2]
        yield (
            f"http://[{bound_host}]:{bound_port}" if ":" in host else f"http://{host}:{bound_port}"
        )
    finally:
        await runner.cleanup()
