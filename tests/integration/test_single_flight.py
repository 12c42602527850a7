"""A page's requests come at once; Stytch is asked once."""

import asyncio

import aiohttp

from tests.integration.programs import SESSION_COOKIE, Sidecar
from tests.integration.stytch_emulator import PASSWORD, StytchEmulator

REQUESTS = 500


async def test_many_requests_of_a_new_session_at_once_cost_one_call(
    sidecar: Sidecar, emulator: StytchEmulator
) -> None:
    headers = {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "shop.test",
        "X-Forwarded-Uri": "/account/x",
        "Cookie": f"{SESSION_COOKIE}={emulator.session(PASSWORD)}",
    }
    before = emulator.session_checks()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:

        async def ask() -> tuple[int, str | None]:
            url = f"http://127.0.0.1:{sidecar.port}/authz/traefik"
            async with client.get(url, headers=headers) as answer:
                return answer.status, answer.headers.get("X-Authz-Reason")

        answers = await asyncio.gather(*(ask() for _ in range(REQUESTS)))

    assert set(answers) == {(200, "requirement_met")}
    assert emulator.session_checks() - before == 1
