"""Start and stop: builds every room from the settings, serves until a signal, stops gracefully."""

import asyncio
import gc
import logging
import os
import signal
from contextlib import AsyncExitStack, suppress
from importlib.metadata import version

from aiohttp import web

from authz_sidecar.core.policy import Policy
from authz_sidecar.server.admin import admin_application
from authz_sidecar.server.composition import decision_handler, keep_fresh, open_sessions
from authz_sidecar.server.connections import DecisionServer
from authz_sidecar.sessions.jwks import KeyStore
from authz_sidecar.sessions.stytch_api import ENDPOINTS
from authz_sidecar.settings import Listen, Settings, TcpAddress, UnixAddress
from authz_sidecar.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)


class StartError(Exception):
    """The service cannot start; its text is one line for the operator."""


async def serve(settings: Settings, policy: Policy) -> None:
    """Serve until SIGTERM or SIGINT, then finish the requests in flight.

    Args:
        settings: where and how.
        policy: the policy in force.

    Raises:
        StartError: an address cannot be listened on.
    """
    stop = _stop_event()
    async with AsyncExitStack() as stack:
        metrics = Metrics(version("authz-sidecar"), settings.dialects, ENDPOINTS)
        metrics.policy_loaded(policy)
        verifier, keys = open_sessions(settings, metrics, stack)
        handler = decision_handler(settings, policy, verifier, metrics)
        decisions = web.ServerRunner(
            DecisionServer(handler), shutdown_timeout=settings.shutdown_timeout
        )
        admin = web.AppRunner(
            admin_application(metrics, lambda: _why_not_ready(stop, keys)), access_log=None
        )
        await _listen(admin, settings.admin_listen, stack)
        await _listen(decisions, settings.listen, stack)
        keep_fresh(keys, stack)
        # What was imported stays for good. Walking over it, a full collection of garbage would
        # hold every request up for some 50 ms (`python -m benchmarks.outage`).
        gc.collect()
        gc.freeze()
        _log.info(
            "listening: decisions on %s, metrics and health on %s, policy %s",
            _address(decisions, settings.listen),
            _address(admin, settings.admin_listen),
            policy.revision,
        )
        await stop.wait()
        _log.info("stopping: finishing the requests in flight")
    _log.info("stopped")


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    return stop


def _why_not_ready(stop: asyncio.Event, keys: KeyStore) -> str | None:
    if stop.is_set():
        return "stopping"
    return None if keys.ready else "no signing keys of Stytch yet; the log says why"


async def _listen(
    runner: web.ServerRunner | web.AppRunner, address: Listen, stack: AsyncExitStack
) -> None:
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = (
        web.UnixSite(runner, address.path)
        if isinstance(address, UnixAddress)
        else web.TCPSite(runner, address.host, address.port)
    )
    try:
        await site.start()
    except OSError as error:
        # asyncio repeats the address in its own text; a failed name look-up has only that.
        number = error.errno or 0
        why = os.strerror(number) if number > 0 else error.strerror
        raise StartError(f"cannot listen on {address}: {why}") from error


def _address(runner: web.ServerRunner | web.AppRunner, address: Listen) -> str:
    """The address that is listened on; tells the port where the settings say 0."""
    if isinstance(address, TcpAddress):
        with suppress(IndexError):
            return str(TcpAddress(address.host, runner.addresses[0][1]))
    return str(address)
