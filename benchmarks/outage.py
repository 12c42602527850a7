"""An outage of Stytch with the circuit open, against health: the slowest answers of a hundred.

Run by `python -m benchmarks.outage`.
"""

import asyncio
import secrets

from benchmarks.load import Load, drive, middle, tool
from benchmarks.report import demand, note, show
from benchmarks.rig import Rig, asking, rig

ROUNDS = 3
MOST = 3.0
"""Times the p99 of health that the p99 of the outage may be."""
_FAILURES = 10


async def main() -> None:
    """Measure health, then let Stytch hang, and print the medians."""
    async with rig() as running:
        (session,) = await running.sign_in(1)
        known = asking("/payments/x", token=session.token)
        await running.require("requirement_met", known)
        loads = {"healthy, known": middle([await drive(running.url, known) for _ in range(ROUNDS)])}

        await _open_circuit(running)
        before = await running.session_checks()
        rounds: dict[str, list[Load]] = {
            "outage, known": [],
            "outage, unknown": [],
            "outage, unknown, all of one": [],
        }
        for _ in range(ROUNDS):
            rounds["outage, known"].append(await drive(running.url, known))
            stranger = asking("/payments/x", token=_stranger())
            await running.require("stytch_unavailable", stranger)
            mark = secrets.token_hex(4)
            rounds["outage, unknown"].append(await drive(running.url, stranger, strangers=mark))
            rounds["outage, unknown, all of one"].append(await drive(running.url, stranger))
        calls = await running.session_checks() - before
    loads |= {kind: middle(each) for kind, each in rounds.items()}
    healthy = loads["healthy, known"]
    show(
        f"Stytch hangs and the circuit is open, by {tool()}",
        ("request", "per second", "p50 ms", "p99 ms", "of health"),
        [
            (
                kind,
                f"{load.per_second:,.0f}",
                f"{load.p50:.2f}",
                f"{load.p99:.2f}",
                f"{load.p99 / healthy.p99:.2f}",
            )
            for kind, load in loads.items()
        ],
    )
    note(f"calls of Stytch meanwhile, to see whether it is back: {calls}")
    note("all of one: while its call is that one, the other requests of the session wait with it")
    for kind in ("outage, known", "outage, unknown"):
        ratio = loads[kind].p99 / healthy.p99
        demand(f"{kind}: p99 is {ratio:.2f} of health's; {MOST:.0f} are allowed", met=ratio < MOST)
    refused = loads["outage, known"].refused
    demand(f"{refused} refused that are known; 0 are due", met=refused == 0)


async def _open_circuit(running: Rig) -> None:
    await running.fail(kind="error", status=500)
    for _ in range(_FAILURES):
        await running.require("stytch_unavailable", asking("/payments/x", token=_stranger()))
    await running.heal()
    await running.fail(kind="hang")


def _stranger() -> str:
    return secrets.token_hex(22)


if __name__ == "__main__":
    asyncio.run(main())
