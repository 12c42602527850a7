"""Ten thousand JWTs that nobody signed for this project cost Stytch nothing at all."""

import base64
import hmac
import json
from collections.abc import Iterator
from typing import Any

from joserfc.jwk import RSAKey

from tests.sessions.service import ALLOWED, INVALID, NO_KEYS, PASSWORD, Service
from tests.unit.sessions.test_session_jwt import sign

MANY = 10_000
_SIGNED_EACH = 20
"""Signing costs more than verifying, so what is well signed is sent several times."""


def _parts(jwt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = jwt.split(".")
    read = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload)]
    return read[0], read[1]


def _text(header: dict[str, Any], payload: dict[str, Any], key: RSAKey) -> str:
    return sign(json.dumps(header).encode(), json.dumps(payload).encode(), key)


def _well_signed(jwt: str, key: RSAKey) -> Iterator[str]:
    """Signed by the project's own key, and still no session of this project."""
    header, claims = _parts(jwt)
    claim_changes: list[dict[str, Any]] = [
        {"aud": ["project-test-another"]},
        {"aud": []},
        {"iss": "stytch.com/project-test-another"},
        {"iss": None},
        {"iat": claims["iat"] + 3600},
        {"nbf": claims["nbf"] + 3600},
        {"exp": "never"},
        {"sub": ""},
        {"https://stytch.com/session": None},
        {"https://stytch.com/session": {"id": "session-test-1"}},
    ]
    header_changes: list[dict[str, Any]] = [
        {"typ": "at+jwt"},
        {"crit": ["exp"]},
        {"jku": "https://evil.test/keys"},
        {"jwk": key.as_dict(private=False)},
    ]
    for number in range(_SIGNED_EACH):
        for change in claim_changes:
            yield _text(header, claims | change | {"n": number}, key)
        for change in header_changes:
            yield _text(header | change, claims | {"n": number}, key)


def _badly_signed(jwt: str, key: RSAKey) -> Iterator[str]:
    """Not signed, or by something else; each is another text."""
    header, claims = _parts(jwt)
    stranger = RSAKey.generate_key(2048)
    foreign = _text(header, claims, stranger)
    none = _text(header | {"alg": "none"}, claims, stranger).rpartition(".")[0] + "."
    signed, _, signature = jwt.rpartition(".")
    public = key.as_pem(private=False)
    for number in range(MANY):
        mark = base64.urlsafe_b64encode(number.to_bytes(3)).decode()
        yield f"{signed}.{mark}{signature[4:]}"
        yield f"{foreign[:-8]}{mark}{foreign[-4:]}"
        yield f"{none}{mark}"
        yield f"{jwt}{mark}"
        yield f"{jwt[: 200 + number % 1000]}{mark}"
        symmetric = (
            _text(header | {"alg": "HS256", "n": number}, claims, stranger)
            if (number < _SIGNED_EACH)
            else f"{mark}.{mark}.{mark}"
        )
        body = symmetric.rpartition(".")[0]
        mac = base64.urlsafe_b64encode(hmac.digest(public, body.encode(), "sha256"))
        yield f"{body}.{mac.decode().rstrip('=')}"
        yield f"{mark}.{'x' * (8000 + number % 400)}.{mark}"


async def test_ten_thousand_forged_jwts_cost_no_call(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    key = service.emulator.jwts._keys[0]  # noqa: SLF001 - what no attacker has
    well = list(_well_signed(signed_in.jwt, key))
    badly = _badly_signed(signed_in.jwt, key)
    before = dict(service.emulator.calls)

    answers = set()
    for number in range(MANY):
        forged = well[number // 4 % len(well)] if number % 4 == 0 else next(badly)
        by_cookie = number % 2
        answers.add(
            await service.ask(
                "/account", jwt=forged if by_cookie else (), bearer="" if by_cookie else forged
            )
        )

    assert answers == {INVALID}
    assert service.emulator.calls == before
    assert await service.ask("/account", jwt=signed_in.jwt) == ALLOWED


async def test_ten_thousand_made_up_key_names_cost_no_call_either(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    header, claims = _parts(signed_in.jwt)
    rest = _text(header, claims, RSAKey.generate_key(2048)).partition(".")[2]
    before = dict(service.emulator.calls)

    for number in range(MANY):
        named = base64.urlsafe_b64encode(json.dumps(header | {"kid": f"kid-{number:06}"}).encode())
        forged = f"{named.decode().rstrip('=')}.{rest}"
        assert await service.ask("/account", jwt=forged) == NO_KEYS

    assert service.emulator.calls == before
    assert await service.ask("/account", jwt=signed_in.jwt) == ALLOWED


async def test_ten_thousand_tokens_that_cannot_be_one_cost_no_call(service: Service) -> None:
    before = dict(service.emulator.calls)
    for number in range(MANY):
        token = f"{number:031}" if number % 2 else f"{number:0129}"
        assert await service.ask("/account", token=token) == INVALID
    assert service.emulator.calls == before
