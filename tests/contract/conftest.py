"""A fresh emulator for every test, and Stytch's SDK pointed at it."""

from collections.abc import AsyncIterator, Iterator
from itertools import cycle

import aiohttp
import pytest
import requests

from authz_sidecar.emulator import Emulator, session_jwt
from authz_sidecar.emulator.session_jwt import new_key
from tests.contract.support import Clock, EmulatorThread, Http, Json, Stytch, sdk_client

EMAIL = "ann@example.com"
PASSWORD = "correct horse battery"
PHONE = "+12025550162"


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    # requests and urllib, by which the SDK fetches the keys, would ask the environment's proxy.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


_KEYS = cycle([new_key() for _ in range(4)])


@pytest.fixture(autouse=True)
def _keys_made_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    # Making one takes longer than most tests; a project publishes three at most.
    monkeypatch.setattr(session_jwt, "new_key", _KEYS.__next__)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[EmulatorThread]:
    with EmulatorThread(Emulator(clock=clock)) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
async def sdk(request: pytest.FixtureRequest, server: EmulatorThread) -> AsyncIterator[Stytch]:
    blocking = request.param == "sync"
    with requests.Session() as sync_session:
        async with aiohttp.ClientSession() as async_session:
            client = sdk_client(
                server.base_url,
                sync_session=sync_session,
                async_session=async_session,
            )
            yield Stytch(client, blocking=blocking)


@pytest.fixture
async def http(server: EmulatorThread) -> AsyncIterator[Http]:
    async with aiohttp.ClientSession() as session:
        yield Http(session, server.base_url)


@pytest.fixture
async def ann(http: Http) -> Json:
    """Return a user with a password and a verified e-mail address, but no phone."""
    body = {"email": EMAIL, "password": PASSWORD}
    user: Json = (await http.control("POST", "/users", body))["user"]
    return user
