"""A service on an emulated Stytch, for each test its own; the emulator's keys are made once."""

from collections.abc import AsyncIterator

import pytest

from authz_sidecar.emulator import Emulator, serving
from authz_sidecar.emulator.user import Email, User
from tests.sessions.service import START, Clock, Service, in_service


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def shared_emulator(clock: Clock) -> Emulator:
    emulator = Emulator(clock=clock, revoke_after=0.0)
    for name in ("ann", "bob"):
        emails = [Email(f"{name}@example.com", verified=True)]
        emulator.users.add(User(created_at=START, external_id=name, emails=emails))
    return emulator


@pytest.fixture
def emulator(shared_emulator: Emulator, clock: Clock) -> Emulator:
    """The emulator, as if nothing had ever been wrong with it."""
    clock.now = START
    shared_emulator.faults.clear()
    shared_emulator.clock_offset = 0.0
    shared_emulator.jwts.issuer = shared_emulator.jwts.custom_audience = None
    shared_emulator.calls = dict.fromkeys(shared_emulator.calls, 0)
    return shared_emulator


@pytest.fixture
async def starting(
    emulator: Emulator, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    async with (
        serving(emulator) as base_url,
        in_service(emulator, base_url, clock, monkeypatch) as running,
    ):
        yield running


@pytest.fixture
async def service(starting: Service) -> Service:
    """A service that has the keys."""
    assert await starting.keys.refresh()
    return starting
