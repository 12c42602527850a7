"""Each fault of Stytch against each way in which a session is known: the exact decision."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.sessions.outages import OUTAGES, Scene, certified
from tests.sessions.service import (
    ALLOWED,
    FACTOR_MISSING,
    INVALID,
    PASSWORD,
    SMS,
    STALE,
    START,
    UNAVAILABLE,
    Answered,
    Service,
    SignedIn,
)

NOW = START + 1000
BOTH = (PASSWORD, SMS)


class Known(NamedTuple):
    """A session, how it is known when the outage begins, and what is asked for then."""

    path: str
    expected: Answered
    seen: float | None = None
    """Seconds since Stytch was asked about it; None: never."""
    factors: tuple[tuple[str, str], ...] = (PASSWORD,)
    age: float = 0
    """Seconds since it began."""
    minutes: int = 60
    """How long it lasts."""
    by_jwt: bool = False


# verified_within is 30 s for what Stytch said and 5 min for a JWT, and /grace adds 2 min.
KNOWN = {
    "never seen": Known("/account", UNAVAILABLE),
    "never seen, with grace": Known("/grace", UNAVAILABLE),
    "never seen, two factors": Known("/admin", UNAVAILABLE, factors=BOTH),
    "never seen, where it is optional": Known("/optional", Answered(200, "optional")),
    "never seen, where it is public": Known("/public", Answered(200, "public")),
    "within": Known("/account", ALLOWED, 29),
    "within, with grace": Known("/grace", ALLOWED, 29),
    "beyond": Known("/account", UNAVAILABLE, 31),
    "beyond, with grace": Known("/grace", STALE, 31),
    "beyond, at the end of the grace": Known("/grace", STALE, 149),
    "beyond the grace": Known("/grace", UNAVAILABLE, 151),
    "beyond, and the session has ended": Known("/grace", UNAVAILABLE, 61, minutes=1),
    "asked at every request": Known("/now", UNAVAILABLE, 1),
    "two factors, within": Known("/admin", ALLOWED, 29, BOTH),
    "two factors, beyond": Known("/admin", UNAVAILABLE, 31, BOTH),
    "one factor of two, within": Known("/admin", UNAVAILABLE, 29),
    "one factor of two, a moment ago": Known("/admin", FACTOR_MISSING, 1),
    "step-up, within": Known("/payments", ALLOWED, 29, BOTH),
    "step-up, within, too old": Known("/payments", UNAVAILABLE, 29, BOTH, age=301),
    "step-up, beyond": Known("/payments", UNAVAILABLE, 31, BOTH),
    "step-up, beyond, with grace": Known("/payments-with-grace", STALE, 31, BOTH),
    "step-up, beyond, too old, with grace": Known(
        "/payments-with-grace", UNAVAILABLE, 31, BOTH, age=301
    ),
    "a young JWT": Known("/account", ALLOWED, by_jwt=True, age=299),
    "a young JWT, asked at every request": Known("/now", UNAVAILABLE, by_jwt=True),
    "a young JWT, one factor of two": Known("/admin", UNAVAILABLE, by_jwt=True, age=29),
    "a young JWT, step-up": Known("/payments", ALLOWED, None, BOTH, by_jwt=True, age=29),
    "an expired JWT": Known("/account", UNAVAILABLE, by_jwt=True, age=302),
    "an expired JWT, with grace": Known("/grace", STALE, by_jwt=True, age=302),
    "an expired JWT, end of the grace": Known("/grace", STALE, by_jwt=True, age=419),
    "an expired JWT, beyond the grace": Known("/grace", UNAVAILABLE, by_jwt=True, age=421),
}


@pytest.fixture
async def scene(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        yield Scene(service, stack, monkeypatch, tmp_path)


async def made_known(service: Service, known: Known) -> SignedIn:
    """Let a session begin, and be seen, as long ago as the row says."""
    service.clock.now = NOW - max(known.age, known.seen or 0)
    signed_in = await service.sign_in(*known.factors, minutes=known.minutes)
    if known.seen is not None:
        service.clock.now = NOW - known.seen
        seen = await service.ask("/account", token=signed_in.token)
        assert seen == ALLOWED
    return signed_in


async def ask(service: Service, known: Known, signed_in: SignedIn, deadline: float) -> Answered:
    if known.by_jwt:
        return await service.ask(known.path, jwt=signed_in.jwt, deadline=deadline)
    return await service.ask(known.path, token=signed_in.token, deadline=deadline)


@pytest.mark.parametrize("name", OUTAGES)
async def test_every_session_in_every_outage(scene: Scene, name: str) -> None:
    service, outage = scene.service, OUTAGES[name]
    signed_in = {key: await made_known(service, known) for key, known in KNOWN.items()}
    service.clock.now = NOW
    await outage.begin(scene)

    # All at once: else the circuit would open, and the rest would not meet the fault itself.
    answers = await asyncio.gather(
        *(ask(service, KNOWN[key], who, outage.deadline) for key, who in signed_in.items())
    )

    expected = {key: known.expected for key, known in KNOWN.items()}
    if outage.refuses:
        expected["beyond, and the session has ended"] = INVALID
    assert dict(zip(signed_in, answers, strict=True)) == expected


async def test_without_a_fault_every_session_opens_what_it_may(scene: Scene) -> None:
    """The rows above are refused for the fault, and for nothing else."""
    refused = {"one factor of two", "too old", "has ended"}
    service = scene.service
    for key, known in KNOWN.items():
        signed_in = await made_known(service, known)
        service.clock.now = NOW
        answer = await ask(service, known, signed_in, 10.0)
        may = not any(mark in key for mark in refused)
        assert (answer.status == 200, answer.stale) == (may, False), (key, answer)


async def test_a_certificate_that_is_good_is_no_outage(scene: Scene) -> None:
    scene.service.move(await certified(scene, days=1))
    signed_in = await scene.service.sign_in(PASSWORD)
    assert await scene.service.ask("/account", token=signed_in.token) == ALLOWED
