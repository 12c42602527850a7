"""Builds the rooms from the settings and puts them together."""

import asyncio
import sys
import time
from contextlib import AsyncExitStack, suppress

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.policy import Policy
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.server.decisions import DecisionHandler
from authz_sidecar.server.peers import TrustedPeers
from authz_sidecar.sessions.jwks import KeyStore
from authz_sidecar.sessions.local_jwts import LocalJwts
from authz_sidecar.sessions.stytch_api import StytchApi, StytchProject
from authz_sidecar.sessions.verifier import SessionVerifier
from authz_sidecar.settings import Settings
from authz_sidecar.telemetry.decision_log import DecisionLog
from authz_sidecar.telemetry.metrics import Metrics


def open_sessions(
    settings: Settings, metrics: Metrics, stack: AsyncExitStack
) -> tuple[SessionVerifier, KeyStore]:
    """Open what verifies sessions until the stack unwinds; its signing keys are yet to come."""
    stytch = settings.stytch
    project = StytchProject(stytch.project_id, stytch.secret, stytch.base_url, stytch.timeout)
    api = StytchApi(project, metrics)
    stack.push_async_callback(api.close)
    keys = KeyStore(api.fetch_keys, metrics, time.time)
    entries = settings.session.cache_entries
    jwts = LocalJwts(keys, api.issuer, entries)
    verifier = SessionVerifier(api, jwts, metrics, cache_entries=entries, clock=time.time)
    stack.push_async_callback(verifier.close)
    return verifier, keys


def keep_fresh(keys: KeyStore, stack: AsyncExitStack) -> None:
    """Fetch the signing keys in the background until the stack unwinds."""
    stack.push_async_callback(_end, asyncio.create_task(keys.run()))


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def decision_handler(
    settings: Settings, policy: Policy, verifier: SessionVerifier, metrics: Metrics
) -> DecisionHandler:
    """What answers the decision listener."""
    observers = (metrics, DecisionLog(sys.stdout.buffer))
    authorizer = Authorizer(policy, verifier, observers, settings.deadline)
    config = DialectConfig(
        settings.session.cookie,
        settings.session.jwt_cookie,
        settings.session.renew_jwt,
        settings.client_ip,
        settings.identity_headers,
    )
    dialects = {name: DIALECTS[name](config) for name in settings.dialects}
    peers = TrustedPeers(settings.trusted_proxies)
    return DecisionHandler(authorizer, dialects, settings.default_dialect, peers)
