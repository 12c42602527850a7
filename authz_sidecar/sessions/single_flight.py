"""Concurrent questions about one session become one call to Stytch."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Flight(Generic[Answer]):
    task: asyncio.Task[Answer]
    sent_at: float


class TooManyFlightsError(Exception):
    """More different questions are under way than the bound allows."""


class SingleFlight(Generic[Answer]):
    """At most one call per key at a time, shared by all that may rest on when it was sent.

    A call goes on when those who wait for it give up, so that it serves their retry.
    """

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._flights: dict[bytes, _Flight[Answer]] = {}

    async def ask(
        self, key: bytes, not_before: float, call: Callable[[float], Awaitable[Answer]]
    ) -> Answer:
        """Join the call under way for a key, or start one.

        Args:
            key: what the question is about.
            not_before: Unix seconds; a call that was sent earlier is waited for but not used, so
                whoever needs a newer answer shares the next call.
            call: asks, given the time of sending in Unix seconds.

        Raises:
            TooManyFlightsError: the bound on different keys is reached.
        """
        while (flight := self._flights.get(key)) is not None:
            if flight.sent_at >= not_before:
                return await asyncio.shield(flight.task)
            await asyncio.wait({flight.task})
        if len(self._flights) >= self._limit:
            raise TooManyFlightsError
        sent_at = self._clock()
        task = asyncio.ensure_future(call(sent_at))
        self._flights[key] = _Flight(task, sent_at)
        task.add_done_callback(lambda _: self._flights.pop(key))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """End the calls under way."""
        tasks = [flight.task for flight in self._flights.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
