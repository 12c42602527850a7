"""The real verifier and decision point on an emulated Stytch, in one process.

Time passes only as the tests say, but for a millisecond at every look at the clock, so that nothing
happens at the same time as something else. Faults therefore cost no waiting, except those that are
a wait themselves.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
import pytest
from multidict import CIMultiDict

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.policy import Policy
from authz_sidecar.core.request import ProxyRequest
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.traefik import Traefik
from authz_sidecar.emulator import Emulator
from authz_sidecar.policy_file import load_policy
from authz_sidecar.sessions import stytch_api
from authz_sidecar.sessions.jwks import KeyStore
from authz_sidecar.sessions.local_jwts import LocalJwts
from authz_sidecar.sessions.stytch_api import ENDPOINTS, Answer, Kind, StytchApi, StytchProject
from authz_sidecar.sessions.verifier import SessionVerifier
from authz_sidecar.telemetry.decision_log import DecisionLog
from authz_sidecar.telemetry.metrics import Metrics

START = 1_800_000_000.5
PASSWORD = ("password", "knowledge")
SMS = ("otp", "sms")
DEAD_TOKEN = "D" * 44
PATIENCE = 10.0
"""Seconds; for what is expected to be quick, on however slow a machine."""
_MILLISECOND = 0.001
_POLICY = Path(__file__).with_name("policy.yaml")


class Clock:
    """The time of the sidecar; the emulator's may be put wrong against it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        self.now += _MILLISECOND
        return self.now


class Answered(NamedTuple):
    """What a proxy is answered."""

    status: int
    reason: str
    stale: bool = False


ALLOWED = Answered(200, "requirement_met")
STALE = Answered(200, "requirement_met", stale=True)
UNAVAILABLE = Answered(503, "stytch_unavailable")
NO_KEYS = Answered(503, "keys_unavailable")
SKEWED = Answered(503, "clock_skew")
INVALID = Answered(401, "session_invalid")
EXPIRED = Answered(401, "session_expired")
ABSENT = Answered(401, "no_session")
FACTOR_MISSING = Answered(401, "factor_missing")
FACTOR_TOO_OLD = Answered(401, "factor_too_old")


class SignedIn(NamedTuple):
    """What a browser holds after signing in."""

    token: str
    jwt: str


class StytchSide:
    """Where Stytch is asked; it may move, which a fault of the network is like."""

    def __init__(self) -> None:
        self.api: StytchApi

    async def authenticate(self, kind: Kind, value: str, sent_at: float) -> Answer:
        return await self.api.authenticate(kind, value, sent_at)

    async def fetch_keys(self) -> object:
        return await self.api.fetch_keys()


class Service:
    """A sidecar without its listener, and the emulated Stytch it asks."""

    def __init__(
        self, emulator: Emulator, base_url: str, clock: Clock, stack: AsyncExitStack
    ) -> None:
        self.emulator = emulator
        self.base_url = base_url
        self.clock = clock
        self.log = BytesIO()
        self.metrics = Metrics("1", ["traefik"], ENDPOINTS)
        self.side = StytchSide()
        self._http = aiohttp.ClientSession(base_url)
        self._stack = stack
        stack.push_async_callback(self._http.close)
        self.move(base_url)
        self.keys = KeyStore(self.side.fetch_keys, self.metrics, clock)
        jwts = LocalJwts(self.keys, self.side.api.issuer, 1000)
        self.verifier = SessionVerifier(
            self.side, jwts, self.metrics, cache_entries=1000, clock=clock
        )
        stack.push_async_callback(self.verifier.close)
        self._policy = _policy()
        self._dialect = Traefik(DialectConfig("stytch_session"))

    def move(self, base_url: str, timeout: float = PATIENCE) -> None:
        """Ask at another address from now on, with connections and a circuit of their own."""
        project = StytchProject(self.emulator.project_id, self.emulator.secret, base_url, timeout)
        self.side.api = StytchApi(project, self.metrics)
        self._stack.push_async_callback(self.side.api.close)

    async def ask(
        self,
        path: str,
        *,
        token: str | Sequence[str] = (),
        jwt: str | Sequence[str] = (),
        bearer: str = "",
        deadline: float = PATIENCE,
    ) -> Answered:
        """Ask as Traefik does for a program; with `bearer`, on the host that takes it."""
        tokens, jwts = ((value,) if isinstance(value, str) else value for value in (token, jwt))
        cookies = [f"stytch_session={value}" for value in tokens]
        cookies += [f"stytch_session_jwt={value}" for value in jwts]
        fields = {
            "X-Forwarded-Method": "GET",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "api.test" if bearer else "shop.test",
            "X-Forwarded-Uri": path,
            "Accept": "application/json",
            "Cookie": "; ".join(cookies),
            "Authorization": f"Bearer {bearer}",
        }
        present = {name: value for name, value in fields.items() if value not in {"", "Bearer "}}
        request = ProxyRequest(CIMultiDict(present), "request-1", self.clock())
        observers = (self.metrics, DecisionLog(self.log))
        authorizer = Authorizer(self._policy, self.verifier, observers, deadline)
        reply = await authorizer.answer(self._dialect, request)
        headers = reply.headers
        stale = headers.get("X-Authz-Stale") == "true"
        return Answered(reply.status, headers["X-Authz-Reason"], stale)

    async def sign_in(
        self, *factors: tuple[str, str], user: str = "ann", minutes: int = 60
    ) -> SignedIn:
        """A new session of a user, who proved these factors just now."""
        body = {
            "user_id": user,
            "factors": [{"type": kind, "delivery_method": by} for kind, by in factors],
            "session_duration_minutes": minutes,
        }
        answer = await self.control("POST", "/sessions", body)
        return SignedIn(answer["session_token"], answer["session_jwt"])

    async def control(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Call the emulator's control API."""
        async with self._http.request(method, f"/_emulator{path}", json=body or {}) as answer:
            content: dict[str, Any] = await answer.json()
            assert answer.status == 200, content
            return content

    async def fail(self, endpoint: str = "sessions.authenticate", **fault: object) -> None:
        """Put a fault of the session check, or of another endpoint, in force."""
        await self.control("POST", "/faults", {"endpoint": endpoint, **fault})

    @property
    def session_checks(self) -> int:
        """How often the emulator was asked about a session."""
        return self.emulator.calls["sessions.authenticate"]


def _policy() -> Policy:
    policy = load_policy(_POLICY.read_bytes(), _POLICY.name)
    assert isinstance(policy, Policy), policy
    return policy


@asynccontextmanager
async def in_service(
    emulator: Emulator, base_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    """A service inside this block, whose keys are yet to come."""
    # The circuit's clock is the tests', too; the time of calls is not.
    times = SimpleNamespace(monotonic=lambda: clock.now, perf_counter=lambda: 0.0)
    monkeypatch.setattr(stytch_api, "time", times)
    async with AsyncExitStack() as stack:
        yield Service(emulator, base_url, clock, stack)
