"""Session JWTs as requests bring them: verified once, and never less than whole."""

import pytest

from authz_sidecar.sessions import local_jwts
from authz_sidecar.sessions.local_jwts import LocalJwts
from authz_sidecar.sessions.session_jwt import SessionJwt, UnknownKey
from tests.unit.sessions.test_jwks import House
from tests.unit.sessions.test_session_jwt import ISSUER, KEYS, NOW, token


@pytest.fixture
def house() -> House:
    made = House()
    made.store._keys = KEYS  # noqa: SLF001 - keys as after a fetch
    made.store._good_since = NOW  # noqa: SLF001 - the same
    return made


def test_a_token_is_verified_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    jwts = LocalJwts(house.store, ISSUER, 10)
    read = jwts.read(token(), NOW)
    assert isinstance(read, SessionJwt)
    monkeypatch.setattr(local_jwts, "verify_session_jwt", None)
    assert jwts.read(token(), NOW) is read


def test_a_part_of_a_token_is_another_token(house: House) -> None:
    jwts = LocalJwts(house.store, ISSUER, 10)
    assert isinstance(jwts.read(token(), NOW), SessionJwt)
    assert jwts.read(token()[:-1], NOW) is None
    assert jwts.read(token() + "A", NOW) is None


def test_a_key_that_may_come_is_waited_for_and_one_that_cannot_is_forged(house: House) -> None:
    jwts = LocalJwts(house.store, ISSUER, 10)
    unknown = token({"kid": "kid-2"})
    house.now = NOW + 1
    assert jwts.read(unknown, NOW) == UnknownKey("kid-2")
    house.store._good_since = NOW + 2  # noqa: SLF001 - as after another fetch
    assert jwts.read(unknown, NOW) is None


def test_what_is_kept_is_bounded(house: House) -> None:
    jwts = LocalJwts(house.store, ISSUER, 2)
    for number in range(5):
        assert isinstance(jwts.read(token(number=number), NOW), SessionJwt)
    assert len(jwts._verified) == 2  # noqa: SLF001 - its size
