"""The signing keys: fetched in the background, kept through outages, asked for once a minute."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from authz_sidecar.sessions import jwks
from authz_sidecar.sessions.jwks import KeyStore, UnusableKeysError, read_keys
from tests.unit.sessions.test_verifier import Observer

KEY = RSAKey.generate_key(2048)


def entry(kid: str, **more: object) -> dict[str, Any]:
    public = KEY.as_dict(private=False)
    return {"kid": kid, "kty": "RSA", "n": public["n"], "e": public["e"]} | more


class Fetched(Observer):
    """Keeps the fetches it is told of."""

    def __init__(self) -> None:
        super().__init__()
        self.fetches: list[float | None] = []

    def keys_fetched(self, begun: float | None) -> None:
        self.fetches.append(begun)


class House:
    """A store whose answers and time are set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.answer: object = {"keys": [entry("kid-1")]}
        self.fault: Exception | None = None
        self.asked = 0
        self.observer = Fetched()
        self.store = KeyStore(self.fetch, self.observer, lambda: self.now)

    async def fetch(self) -> object:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return self.answer


async def test_keys_are_known_by_their_name_after_a_fetch() -> None:
    house = House()
    assert house.store.ready is False
    assert await house.store.refresh()
    assert set(house.store.keys) == {"kid-1"}
    assert bool(house.store.ready)
    assert set(house.store.keys) == {"kid-1"}
    assert house.observer.fetches == [1000.0]


@pytest.mark.parametrize("answer", [None, [], {}, {"keys": []}, {"keys": None}, {"keys": [7]}])
async def test_an_answer_that_cannot_be_used_changes_nothing(answer: object) -> None:
    house = House()
    await house.store.refresh()
    house.answer = answer
    assert not await house.store.refresh()
    assert set(house.store.keys) == {"kid-1"}
    assert house.observer.fetches == [1000.0, None]


async def test_a_rotation_with_two_live_keys_loses_nothing() -> None:
    house = House()
    await house.store.refresh()
    house.answer = {"keys": [entry("kid-2"), entry("kid-1")]}
    await house.store.refresh()
    assert set(house.store.keys) == {"kid-1", "kid-2"}
    house.answer = {"keys": [entry("kid-2")]}
    await house.store.refresh()
    assert set(house.store.keys) == {"kid-2"}


async def test_a_key_may_come_until_a_fetch_begun_after_its_first_sighting_succeeds() -> None:
    house = House()
    await house.store.refresh()
    house.now = 1010.0
    assert house.store.may_come("kid-2")
    house.now, house.fault = 1070.0, UnusableKeysError("down")
    assert not await house.store.refresh()
    assert house.store.may_come("kid-2")
    house.now, house.fault = 1130.0, None
    assert await house.store.refresh()
    assert not house.store.may_come("kid-2")
    assert not house.store.may_come("kid-2")


async def test_before_the_first_keys_any_key_may_come() -> None:
    assert House().store.may_come("kid-1")


async def test_sightings_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "_MAX_SIGHTINGS", 2)
    house = House()
    for index in range(10):
        assert house.store.may_come(f"kid-{index}")


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"kty": "EC"}, "another kind of key"),
        ({"use": "enc"}, "for encryption"),
        ({"alg": "RS512"}, "for another algorithm"),
        ({"n": "AQAB"}, "too short"),
        ({"n": "!"}, "no number"),
        ({"n": 7}, "no text"),
        ({"e": ...}, "half of it"),
        ({"kid": ...}, "no name"),
        ({"kid": ""}, "an empty name"),
    ],
)
def test_keys_that_cannot_verify_are_passed_over(bad: dict[str, object], why: str) -> None:
    broken = {name: value for name, value in (entry("bad") | bad).items() if value is not ...}
    assert set(read_keys({"keys": [broken, entry("good"), "x"]})) == {"good"}, why
    with pytest.raises(UnusableKeysError):
        read_keys({"keys": [broken]})


def test_an_elliptic_key_in_disguise_is_passed_over() -> None:
    key = ECKey.generate_key("P-256").as_dict(private=False)
    with pytest.raises(UnusableKeysError):
        read_keys({"keys": [{**key, "kid": "kid-1", "kty": "RSA"}]})


class Pauses:
    """Sleeps that are noted and take no time, until there were enough."""

    def __init__(self, enough: int, meanwhile: Callable[[], object]) -> None:
        self.seconds: list[float] = []
        self.enough = enough
        self.meanwhile = meanwhile
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) >= self.enough:
            self.over.set()
            await asyncio.Event().wait()
        self.meanwhile()


async def run(
    house: House,
    monkeypatch: pytest.MonkeyPatch,
    enough: int,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[float]:
    """Run the store until it has slept often enough; the sleeps."""
    pauses = Pauses(enough, meanwhile)
    monkeypatch.setattr("random.uniform", lambda low, high: (low + high) / 2)
    monkeypatch.setattr("asyncio.sleep", pauses)
    task = asyncio.ensure_future(house.store.run())
    async with asyncio.timeout(5):
        await pauses.over.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return pauses.seconds


async def test_without_keys_it_tries_again_soon_and_then_less_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()
    house.fault = UnusableKeysError("down")
    seconds = await run(house, monkeypatch, 9)
    assert seconds == [2, 4, 8, 16, 32, 60, 60, 60, 60]


async def test_an_unknown_key_is_asked_for_but_not_more_than_once_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house = House()

    def sight() -> bool:
        house.now += 60
        return house.store.may_come(f"kid-{house.now}")

    seconds = await run(house, monkeypatch, 4, sight)
    assert seconds == [60, 60, 60, 60]
    assert house.asked == 4


async def test_without_a_reason_it_waits_its_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    monkeypatch.setattr(jwks, "REFRESH_SECONDS", 60.05)
    assert await run(house, monkeypatch, 3) == [60, 60, 60]
    assert house.asked == 3


async def test_a_fault_of_our_own_does_not_end_the_fetching(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house = House()
    house.fault = RuntimeError("a fault of our own")
    await run(house, monkeypatch, 3)
    assert house.asked == 3
    assert "fetching Stytch's signing keys failed" in caplog.text
