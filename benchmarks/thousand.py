"""A thousand new sessions at once, and a thousand requests of one: all answered, calls bounded.

Run by `python -m benchmarks.thousand`.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple

import aiohttp

from benchmarks.report import demand, show
from benchmarks.rig import Rig, asking, rig

MANY = 1000


class Crowd(NamedTuple):
    """What became of requests that all came at once."""

    statuses: Counter[int]
    slowest: float
    """Seconds."""
    calls: int
    retried: Counter[int]
    """What those got a little later who were refused."""

    def row(self, what: str) -> tuple[str, ...]:
        """A line of the table."""
        return (
            what,
            f"{self.statuses[200]}",
            f"{self.statuses[503]}",
            f"{sum(self.statuses.values()) - self.statuses[200] - self.statuses[503]}",
            f"{self.slowest:.2f}",
            f"{self.retried[200]}",
            f"{self.calls}",
        )


async def main() -> None:
    """Measure, and print."""
    crowds: dict[str, Crowd] = {}
    async with rig() as running:
        for delay in (0.0, 0.05, 0.2):
            if delay:
                await running.fail(kind="delay", seconds=delay)
            what = f"new sessions, Stytch takes {delay * 1000:.0f} ms more"
            tokens = [session.token for session in await running.sign_in(MANY)]
            crowds[what] = await _all_at_once(running, tokens)
            await running.heal()
        await running.fail(kind="delay", seconds=0.2)
        (session,) = await running.sign_in(1)
        one = await _all_at_once(running, [session.token] * MANY)
    show(
        f"{MANY:,} requests at once",
        ("of", "200", "503", "other", "slowest s", "200 by a retry", "calls"),
        [*(crowd.row(what) for what, crowd in crowds.items()), one.row("one new session")],
    )
    every = [*crowds.values(), one]
    answered = all(crowd.statuses[200] + crowd.statuses[503] == MANY for crowd in every)
    demand("every request is answered, by 200 or by 503", met=answered)
    opened = all(crowd.statuses[200] + crowd.retried[200] == MANY for crowd in every)
    demand("who got 503 got 200 by one retry", met=opened)
    bounded = all(crowd.calls <= MANY for crowd in crowds.values())
    demand("no session costs more than one call", met=bounded)
    demand(f"a thousand requests of one session cost {one.calls} call", met=one.calls == 1)


async def _all_at_once(running: Rig, tokens: Sequence[str]) -> Crowd:
    before = await running.session_checks()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def ask(token: str) -> tuple[int, float]:
            sent = time.perf_counter()
            async with http.get(running.url, headers=asking("/account/x", token=token)) as answer:
                return answer.status, time.perf_counter() - sent

        answers = await asyncio.gather(*(ask(token) for token in tokens))
        pairs = zip(tokens, answers, strict=True)
        refused = [token for token, (status, _) in pairs if status != HTTPStatus.OK]
        retried: Counter[int] = Counter()
        if refused:
            await _until_quiet(running)
            retried = Counter([(await ask(token))[0] for token in refused])
    return Crowd(
        Counter(status for status, _ in answers),
        max(took for _, took in answers),
        await running.session_checks() - before,
        retried,
    )


async def _until_quiet(running: Rig) -> None:
    """Wait until the calls under way have ended."""
    calls = -1
    while (now := await running.session_checks()) != calls:
        calls = now
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main())
