"""Remembered sessions, by token and by JWT, against a rule that needs none.

Run by `python -m benchmarks.cached`.
"""

import asyncio

from benchmarks.load import Load, drive, middle, tool
from benchmarks.report import demand, show
from benchmarks.rig import asking, rig

ROUNDS = 3
LEAST = 0.9
"""Of what a token reaches, a JWT should reach: to find either is one look into a table."""


async def main() -> None:
    """Measure in alternating rounds, and print the medians."""
    async with rig() as running:
        (session,) = await running.sign_in(1)
        kinds = {
            "public": asking("/public/x"),
            "token": asking("/payments/x", token=session.token),
            "JWT": asking("/payments/x", jwt=session.jwt),
            "token and JWT": asking("/payments/x", token=session.token, jwt=session.jwt),
        }
        for kind, headers in kinds.items():
            await running.require("public" if kind == "public" else "requirement_met", headers)
        before = await running.session_checks()
        rounds: dict[str, list[Load]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind, headers in kinds.items():
                rounds[kind].append(await drive(running.url, headers))
        calls = await running.session_checks() - before
    loads = {kind: middle(each) for kind, each in rounds.items()}
    public = loads["public"].per_second
    show(
        f"two factors with step-up, remembered, by {tool()}",
        ("request", "per second", "of public", "p50 ms", "p99 ms"),
        [
            (
                kind,
                f"{load.per_second:,.0f}",
                f"{load.per_second / public:.2f}",
                f"{load.p50:.2f}",
                f"{load.p99:.2f}",
            )
            for kind, load in loads.items()
        ],
    )
    ratio = loads["JWT"].per_second / loads["token"].per_second
    demand(f"a JWT reaches {ratio:.2f} of what a token reaches; {LEAST} is due", met=ratio >= LEAST)
    refused = sum(load.refused for load in loads.values())
    demand(f"{refused} refused, {calls} calls of Stytch; 0 are due", met=refused == calls == 0)


if __name__ == "__main__":
    asyncio.run(main())
