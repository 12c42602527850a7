"""A session JWT at first sight, against the bare check of its signature and a cached request.

Run by `python -m benchmarks.first_jwt`. In one process and without sockets, which would be the same
for all: what is timed is everything from a proxy's request to the reply.
"""

# ruff: noqa: TID251 - it is the edge here

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from http import HTTPStatus
from itertools import zip_longest
from statistics import median
from typing import NamedTuple

import uvloop
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jws import JWSRegistry, deserialize_compact
from joserfc.util import urlsafe_b64decode
from multidict import CIMultiDict

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.policy import Policy
from authz_sidecar.core.request import ProxyRequest
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.traefik import Traefik
from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET, Emulator, serving
from authz_sidecar.emulator.factors import password_factor, proven_now
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.sign_in import new_session
from authz_sidecar.emulator.user import User
from authz_sidecar.policy_file import load_policy
from authz_sidecar.sessions.jwks import KeyStore
from authz_sidecar.sessions.local_jwts import LocalJwts
from authz_sidecar.sessions.session_jwt import verify_session_jwt
from authz_sidecar.sessions.stytch_api import ENDPOINTS, StytchApi, StytchProject
from authz_sidecar.sessions.verifier import SessionVerifier
from authz_sidecar.telemetry.metrics import Metrics
from benchmarks.report import demand, note, show
from benchmarks.rig import POLICY, asking

ROUNDS = 5
EACH = 400
MOST = 1.6
"""Times the bare check of a signature that first sight may cost beyond a cached request."""
_CACHED = "a cached request"
_FIRST = "a request with a JWT at first sight"
_BARE = "bare check of the signature"


class House(NamedTuple):
    """What answers, and the JWTs and the token of one user."""

    authorizer: Authorizer
    keys: KeyStore
    api: StytchApi
    jwts: list[str]
    token: str


async def main() -> None:
    """Measure in alternating rounds, and print the medians."""
    async with AsyncExitStack() as stack:
        house = await _house(stack)
        timed: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            for what, took in await _round(house, house.jwts[number * EACH : (number + 1) * EACH]):
                timed.setdefault(what, []).append(took)
    figures = {what: median(rounds) for what, rounds in timed.items()}
    bare, cached = figures[_BARE], figures[_CACHED]
    rows = [(what, f"{figure:.1f}", f"{figure / bare:.2f}") for what, figure in figures.items()]
    show("a session JWT of two factors", ("what", "microseconds", "of the bare check"), rows)
    ratio = (figures[_FIRST] - cached) / bare
    demand(
        f"first sight costs {ratio:.2f} bare checks beyond a cached request; {MOST} are allowed",
        met=ratio <= MOST,
    )
    due = MOST * bare + cached
    note(f"       that is {figures[_FIRST]:.0f} microseconds where {due:.0f} are allowed")


async def _round(house: House, jwts: list[str]) -> list[tuple[str, float]]:
    """Microseconds of each thing; what is part of a request, between cached requests.

    In a loop of its own a check of a signature takes half as long, since nothing else then needs
    the processor's caches; no server is ever in that state.
    """
    (key,) = house.keys.keys.values()
    public = key.public_key
    if not isinstance(public, RSAPublicKey):
        raise TypeError(type(public))
    parts = {jwt: _signature_and_signed(jwt) for jwt in jwts}
    padding, algorithm = PKCS1v15(), SHA256()
    registry = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
    now = time.time()
    by_token = [asking("/payments/x", token=house.token)] * len(jwts)
    by_jwt = [asking("/payments/x", jwt=jwt) for jwt in jwts]

    async def between(call: Callable[[str], object]) -> float:
        return await _answered(house, by_token, before=[partial(call, jwt) for jwt in jwts])

    alone = time.perf_counter()
    for signature, signed in parts.values():
        public.verify(signature, signed, padding, algorithm)
    alone = (time.perf_counter() - alone) / len(jwts) * 1e6
    cached = await _answered(house, by_token)
    first = await _answered(house, by_jwt)
    again = await _answered(house, by_jwt)
    bare = await between(lambda jwt: public.verify(*parts[jwt], padding, algorithm))
    decoded = await between(lambda jwt: deserialize_compact(jwt, key, registry=registry))
    issuer = house.api.issuer
    whole = await between(lambda jwt: verify_session_jwt(jwt, house.keys.keys, issuer, now))
    return [
        (_CACHED, cached),
        (_FIRST, first),
        ("the same request again", again),
        (_BARE, bare - cached),
        ("- in a loop of its own", alone),
        ("decoded and checked by joserfc", decoded - cached),
        ("and its claims read", whole - cached),
    ]


async def _house(stack: AsyncExitStack) -> House:
    emulator = Emulator()
    base_url = await stack.enter_async_context(serving(emulator))
    user = emulator.users.add(User(created_at=emulator.now()))
    sessions = [_session(emulator, user) for _ in range(ROUNDS * EACH + 1)]
    metrics = Metrics("1", ["traefik"], ENDPOINTS)
    api = StytchApi(StytchProject(DEFAULT_PROJECT_ID, DEFAULT_SECRET, base_url, 5.0), metrics)
    stack.push_async_callback(api.close)
    keys = KeyStore(api.fetch_keys, metrics, time.time)
    await keys.refresh()
    jwts = LocalJwts(keys, api.issuer, 10_000)
    verifier = SessionVerifier(api, jwts, metrics, cache_entries=10_000, clock=time.time)
    stack.push_async_callback(verifier.close)
    policy = load_policy(POLICY.read_bytes(), POLICY.name)
    if not isinstance(policy, Policy):
        raise TypeError(policy)
    signed = [emulator.jwts.sign(session, user, emulator.now()) for session in sessions[1:]]
    house = House(
        Authorizer(policy, verifier, [metrics], 1.0), keys, api, signed, sessions[0].token
    )
    await _answered(house, [asking("/payments/x", token=house.token)])
    return house


def _session(emulator: Emulator, user: User) -> Session:
    now = emulator.now()
    factors = [password_factor(now), proven_now("otp", "sms", now, {})]
    session = new_session(user, factors, now, 60)
    emulator.sessions.add(session)
    return session


async def _answered(
    house: House,
    requests: Sequence[Mapping[str, str]],
    before: Iterable[Callable[[], object]] = (),
) -> float:
    """Microseconds of a request, and of what is done before each."""
    dialect = Traefik(DialectConfig("stytch_session"))
    asked = [CIMultiDict(headers) for headers in requests]
    began = time.perf_counter()
    for headers, do in zip_longest(asked, before, fillvalue=None):
        if do is not None:
            do()
        reply = await house.authorizer.answer(
            dialect, ProxyRequest(headers or CIMultiDict(), "request-1", time.time())
        )
        if reply.status != HTTPStatus.OK:
            raise RuntimeError(reply.headers["X-Authz-Reason"])
    return (time.perf_counter() - began) / len(asked) * 1e6


def _signature_and_signed(jwt: str) -> tuple[bytes, bytes]:
    signed, _, signature = jwt.rpartition(".")
    return urlsafe_b64decode(signature.encode()), signed.encode()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
