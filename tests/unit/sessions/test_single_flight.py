"""Concurrent questions become one call, and nobody rests on a call sent too early."""

import asyncio

import pytest

from authz_sidecar.sessions.single_flight import SingleFlight, TooManyFlightsError


class Calls:
    """Calls that end when told to; each answers with its own number."""

    def __init__(self) -> None:
        self.sent_at: list[float] = []
        self.gates: list[asyncio.Event] = []

    async def __call__(self, sent_at: float) -> int:
        number = len(self.sent_at)
        self.sent_at.append(sent_at)
        self.gates.append(asyncio.Event())
        await self.gates[number].wait()
        return number


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_five_hundred_questions_at_once_are_one_call() -> None:
    calls, flights = Calls(), SingleFlight[int](limit=10, clock=Clock())
    waiting = [asyncio.ensure_future(flights.ask(b"k", 70.0, calls)) for _ in range(500)]
    await settle()
    calls.gates[0].set()
    assert await asyncio.gather(*waiting) == [0] * 500
    assert calls.sent_at == [100.0]


async def test_who_needs_a_newer_answer_shares_the_next_call() -> None:
    calls, clock = Calls(), Clock()
    flights = SingleFlight[int](limit=10, clock=clock)
    old = asyncio.ensure_future(flights.ask(b"k", 100.0, calls))
    await settle()
    clock.now = 101.0
    newer = [asyncio.ensure_future(flights.ask(b"k", 100.5, calls)) for _ in range(50)]
    await settle()
    assert calls.sent_at == [100.0]
    calls.gates[0].set()
    await settle()
    calls.gates[1].set()
    assert await old == 0
    assert await asyncio.gather(*newer) == [1] * 50
    assert calls.sent_at == [100.0, 101.0]


async def test_a_call_goes_on_when_its_asker_gives_up_and_serves_the_retry() -> None:
    calls, flights = Calls(), SingleFlight[int](limit=10, clock=Clock())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await flights.ask(b"k", 70.0, calls)
    retry = asyncio.ensure_future(flights.ask(b"k", 70.0, calls))
    await settle()
    calls.gates[0].set()
    assert await retry == 0
    assert len(calls.sent_at) == 1


async def test_the_number_of_calls_under_way_is_bounded() -> None:
    calls, flights = Calls(), SingleFlight[int](limit=2, clock=Clock())
    first = [asyncio.ensure_future(flights.ask(key, 0.0, calls)) for key in (b"a", b"b")]
    await settle()
    with pytest.raises(TooManyFlightsError):
        await flights.ask(b"c", 0.0, calls)
    joined = asyncio.ensure_future(flights.ask(b"a", 0.0, calls))
    await settle()
    for gate in calls.gates:
        gate.set()
    assert await asyncio.gather(*first, joined) == [0, 1, 0]
    again = asyncio.ensure_future(flights.ask(b"c", 0.0, calls))
    await settle()
    calls.gates[2].set()
    assert await again == 2


async def test_a_call_that_fails_fails_all_its_askers_and_is_forgotten() -> None:
    async def broken(_: float) -> int:
        await asyncio.sleep(0)
        raise RuntimeError("broken")

    flights = SingleFlight[int](limit=2, clock=Clock())
    failed = await asyncio.gather(
        *(flights.ask(b"k", 0.0, broken) for _ in range(3)), return_exceptions=True
    )
    assert [type(each) for each in failed] == [RuntimeError] * 3
    calls = Calls()
    again = asyncio.ensure_future(flights.ask(b"k", 0.0, calls))
    await settle()
    calls.gates[0].set()
    assert await again == 0


async def test_closing_ends_the_calls_under_way() -> None:
    calls, flights = Calls(), SingleFlight[int](limit=2, clock=Clock())
    waiting = asyncio.ensure_future(flights.ask(b"k", 0.0, calls))
    await settle()
    await flights.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
