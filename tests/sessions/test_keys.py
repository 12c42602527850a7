"""Faults of the signing keys: nothing is lost that was good, and tokens go on without keys."""

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web

from tests.sessions.outages import stand_in
from tests.sessions.service import ALLOWED, INVALID, NO_KEYS, PASSWORD, Service

NO_KEYS_AT_ALL: dict[str, dict[str, Any]] = {
    "none": {"kind": "alter", "set_fields": {"keys": []}},
    "no list": {"kind": "alter", "set_fields": {"keys": "secret"}},
    "not there": {"kind": "alter", "drop_fields": ["keys"]},
    "of another kind": {"kind": "alter", "set_fields": {"keys.kty": "EC"}},
    "symmetric": {"kind": "alter", "set_fields": {"keys.kty": "oct", "keys.k": "c2VjcmV0"}},
    "for encryption": {"kind": "alter", "set_fields": {"keys.use": "enc"}},
    "for another algorithm": {"kind": "alter", "set_fields": {"keys.alg": "RS512"}},
    "too short": {"kind": "alter", "set_fields": {"keys.n": "AQAB"}},
    "without a modulus": {"kind": "alter", "drop_fields": ["keys.n"]},
    "without a name": {"kind": "alter", "drop_fields": ["keys.kid"]},
    "503": {"kind": "html", "status": 503},
    "500": {"kind": "error", "status": 500},
    "429": {"kind": "error", "status": 429},
    "404": {"kind": "error", "status": 404, "error_type": "route_not_found"},
    "an empty object": {"kind": "empty"},
    "no JSON": {"kind": "garbage"},
    "half of the JSON": {"kind": "truncate"},
    "dropped": {"kind": "drop"},
    "hanging": {"kind": "hang"},
}
KEYS = "sessions.get_jwks"


async def fetch_in_vain(service: Service, fault: dict[str, Any]) -> None:
    service.move(service.base_url, timeout=0.2 if fault["kind"] == "hang" else 10.0)
    await service.fail(KEYS, **fault)
    assert not await service.keys.refresh()


@pytest.mark.parametrize("name", NO_KEYS_AT_ALL)
async def test_without_keys_from_the_start_a_token_is_needed(starting: Service, name: str) -> None:
    await fetch_in_vain(starting, NO_KEYS_AT_ALL[name])
    signed_in = await starting.sign_in(PASSWORD)

    assert await starting.ask("/account", jwt=signed_in.jwt) == NO_KEYS
    assert await starting.ask("/account", bearer=signed_in.jwt) == NO_KEYS
    assert starting.session_checks == 0
    assert await starting.ask("/account", jwt="not.a.jwt") == INVALID
    assert await starting.ask("/account", jwt=signed_in.jwt, token=signed_in.token) == ALLOWED
    assert starting.session_checks == 1
    assert not starting.keys.ready

    starting.emulator.faults.clear()
    assert await starting.keys.refresh()
    assert await starting.ask("/account", jwt=signed_in.jwt) == ALLOWED
    assert starting.session_checks == 1


@pytest.mark.parametrize("name", NO_KEYS_AT_ALL)
async def test_keys_that_were_good_serve_on(service: Service, name: str) -> None:
    await fetch_in_vain(service, NO_KEYS_AT_ALL[name])

    service.clock.now += 7 * 24 * 3600
    signed_in = await service.sign_in(PASSWORD)
    assert await service.ask("/account", jwt=signed_in.jwt) == ALLOWED
    assert service.session_checks == 0


async def test_keys_that_are_slow_delay_no_decision(service: Service) -> None:
    await service.fail(KEYS, kind="delay", seconds=30)
    fetching = asyncio.ensure_future(service.keys.refresh())
    await asyncio.sleep(0.02)
    began = time.perf_counter()

    for _ in range(10):
        signed_in = await service.sign_in(PASSWORD)
        assert await service.ask("/account", jwt=signed_in.jwt) == ALLOWED

    assert not fetching.done()
    assert time.perf_counter() - began < 2
    fetching.cancel()


async def test_a_rotation_with_two_live_keys_loses_nothing(service: Service) -> None:
    seen, unseen = await service.sign_in(PASSWORD), await service.sign_in(PASSWORD)
    assert await service.ask("/account", jwt=seen.jwt) == ALLOWED
    await service.control("POST", "/keys/rotate", {"keep_old": True})
    new = await service.sign_in(PASSWORD)

    for old in (seen, unseen):
        assert await service.ask("/account", jwt=old.jwt) == ALLOWED
    assert await service.ask("/account", jwt=new.jwt) == NO_KEYS
    assert await service.ask("/account", bearer=new.jwt) == NO_KEYS
    assert service.session_checks == 0
    assert await service.ask("/account", jwt=new.jwt, token=new.token) == ALLOWED
    assert service.session_checks == 1

    assert await service.keys.refresh()
    for session in (seen, unseen, new):
        assert await service.ask("/account", jwt=session.jwt) == ALLOWED
    assert service.session_checks == 1


async def test_a_key_that_is_gone_signs_nothing_any_more(service: Service) -> None:
    seen, unseen = await service.sign_in(PASSWORD), await service.sign_in(PASSWORD)
    assert await service.ask("/account", jwt=seen.jwt) == ALLOWED
    await service.control("POST", "/keys/rotate", {"keep_old": False})
    assert await service.keys.refresh()

    # It might still be published, as far as anybody knows; after one more look it is not.
    assert await service.ask("/account", jwt=unseen.jwt) == NO_KEYS
    assert await service.keys.refresh()
    assert await service.ask("/account", jwt=unseen.jwt) == INVALID
    assert await service.ask("/account", jwt=unseen.jwt, token=unseen.token) == ALLOWED
    # What was verified before stays so until it is five minutes old, and no longer.
    assert await service.ask("/account", jwt=seen.jwt) == ALLOWED
    service.clock.now += 301
    assert await service.ask("/account", jwt=seen.jwt) == INVALID


async def test_a_name_that_anybody_can_make_up_costs_no_session_check(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.control("POST", "/keys/rotate", {"keep_old": False})
    stranger = await service.sign_in(PASSWORD)
    keys_fetched = service.emulator.calls[KEYS]

    for _ in range(50):
        assert await service.ask("/account", jwt=stranger.jwt) == NO_KEYS
        assert await service.ask("/account", jwt=signed_in.jwt) == ALLOWED

    assert service.session_checks == 0
    assert service.emulator.calls[KEYS] == keys_fetched


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"keys"'])
@pytest.mark.parametrize("status", [200, 500])
async def test_whatever_json_comes_instead_of_keys_nothing_is_raised(
    service: Service, body: bytes, status: int
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, status=status, content_type="application/json")

    async with AsyncExitStack() as stack:
        service.move(await stand_in(stack, answer))
        assert not await service.keys.refresh()
    assert service.keys.ready
