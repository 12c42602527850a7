"""Start and stop: builds every room from the settings, serves until a signal, stops gracefully."""

import asyncio
import logging
import os
import signal
import sys
import time
from contextlib import AsyncExitStack, suppress
from importlib.metadata import version

from aiohttp import web

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.policy import Policy
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.server.admin import admin_application
from authz_sidecar.server.connections import DecisionServer
from authz_sidecar.server.decisions import DecisionHandler
from authz_sidecar.server.peers import TrustedPeers
from authz_sidecar.sessions.stytch_api import ENDPOINT, StytchApi, StytchProject
from authz_sidecar.sessions.verifier import SessionVerifier
from authz_sidecar.settings import Listen, Settings, TcpAddress, UnixAddress
from authz_sidecar.telemetry.decision_log import DecisionLog
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
        metrics = Metrics(version("authz-sidecar"), settings.dialects, [ENDPOINT])
        metrics.policy_loaded(policy)
        handler = await _decision_handler(settings, policy, metrics, stack)
        decisions = web.ServerRunner(
            DecisionServer(handler), shutdown_timeout=settings.shutdown_timeout
        )
        admin = web.AppRunner(
            admin_application(metrics, is_ready=lambda: not stop.is_set()), access_log=None
        )
        await _listen(admin, settings.admin_listen, stack)
        await _listen(decisions, settings.listen, stack)
        _log.info(
            "ready: decisions on %s, metrics and health on %s, policy %s",
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


async def _decision_handler(
    settings: Settings, policy: Policy, metrics: Metrics, stack: AsyncExitStack
) -> DecisionHandler:
    stytch = settings.stytch
    project = StytchProject(stytch.project_id, stytch.secret, stytch.base_url, stytch.timeout)
    api = StytchApi(project, metrics)
    stack.push_async_callback(api.close)
    verifier = SessionVerifier(
        api, metrics, cache_entries=settings.session.cache_entries, clock=time.time
    )
    stack.push_async_callback(verifier.close)
    observers = (metrics, DecisionLog(sys.stdout.buffer))
    authorizer = Authorizer(policy, verifier, observers, settings.deadline)
    config = DialectConfig(settings.session.cookie, settings.client_ip, settings.identity_headers)
    dialects = {name: DIALECTS[name](config) for name in settings.dialects}
    peers = TrustedPeers(settings.trusted_proxies)
    return DecisionHandler(authorizer, dialects, settings.default_dialect, peers)


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
