"""Session JWTs: only what Stytch signed for this project, and exactly that, is one."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from authz_sidecar.core.session import Session
from authz_sidecar.sessions.session_jwt import (
    MAX_LENGTH,
    Issuer,
    SessionJwt,
    UnknownKey,
    verify_session_jwt,
)

NOW = 1_800_000_000.0
ISSUER = Issuer("project-test-1", "https://test.stytch.com/")
KEY, OTHER_KEY = (RSAKey.generate_key(2048) for _ in range(2))
KEYS = {"kid-1": RSAKey.import_key(KEY.as_dict(private=False))}
HEADER: dict[str, Any] = {"alg": "RS256", "kid": "kid-1", "typ": "JWT"}
CLAIMS: dict[str, Any] = {
    "aud": ["project-test-1"],
    "iss": "stytch.com/project-test-1",
    "sub": "user-1",
    "iat": NOW - 60,
    "nbf": NOW - 60,
    "exp": NOW + 240,
    "plan": "gold",
    "https://stytch.com/session": {
        "id": "session-1",
        "expires_at": "2027-01-15T09:00:00Z",
        "authentication_factors": [
            {
                "type": "password",
                "delivery_method": "knowledge",
                "last_authenticated_at": "2027-01-15T08:00:00Z",
            }
        ],
        "roles": ["admin"],
    },
}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(header: bytes, payload: bytes, key: RSAKey = KEY) -> str:
    """Sign any bytes by RS256, however odd; joserfc would refuse to."""
    signed = f"{b64(header)}.{b64(payload)}"
    algorithm = jws.JWSRegistry.algorithms["RS256"]
    return f"{signed}.{b64(algorithm.sign(signed.encode(), key))}"


def token(header: dict[str, Any] | None = None, key: RSAKey = KEY, **claims: Any) -> str:  # noqa: ANN401 - JSON
    """A token with some members changed; `...` removes one."""

    def changed(base: dict[str, Any], changes: dict[str, Any]) -> bytes:
        merged = {name: value for name, value in (base | changes).items() if value is not ...}
        return json.dumps(merged).encode()

    return sign(changed(HEADER, header or {}), changed(CLAIMS, claims), key)


def verify(text: str, now: float = NOW) -> SessionJwt | UnknownKey | None:
    return verify_session_jwt(text, KEYS, ISSUER, now)


def test_a_session_jwt_is_read() -> None:
    assert verify(token()) == SessionJwt(
        Session(
            "session-1",
            "user-1",
            1_800_003_600.0,
            {"password": 1_800_000_000.0},
            frozenset({"admin"}),
            claims={"plan": "gold"},
        ),
        NOW - 60,
        NOW + 240,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://test.stytch.com"},
        {"aud": "project-test-1"},
        {"aud": ["another", "project-test-1"]},
        {"exp": NOW - 9000},
        {"iat": NOW + 30, "nbf": NOW + 30},
        {"iat": NOW - 0.5},
        {"plan": {"nested": [1]}},
    ],
)
def test_what_may_differ_differs(changes: dict[str, Any]) -> None:
    assert isinstance(verify(token(**changes)), SessionJwt)


def test_a_time_ahead_of_ours_speaks_for_now() -> None:
    read = verify(token(iat=NOW + 20))
    assert isinstance(read, SessionJwt)
    assert read.issued_at == NOW


@pytest.mark.parametrize("header", [{"typ": ...}, {"x-new": "field"}, {"iat": 7}])
def test_a_header_member_that_nobody_knows_is_no_reason_to_refuse(header: dict[str, Any]) -> None:
    assert isinstance(verify(token(header)), SessionJwt)


def test_a_key_that_is_not_known_is_told_by_its_name() -> None:
    assert verify(token({"kid": "kid-2"}, OTHER_KEY)) == UnknownKey("kid-2")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "stytch.com/project-test-2"},
        {"iss": "https://test.stytch.com/"},
        {"iss": "stytch.com/project-test-1/"},
        {"iss": ["stytch.com/project-test-1"]},
        {"iss": ...},
        {"aud": ["project-test-2"]},
        {"aud": "project-test-1x"},
        {"aud": {"project-test-1": 1}},
        {"aud": []},
        {"aud": ...},
        {"sub": ...},
        {"sub": 7},
        {"iat": ...},
        {"nbf": ...},
        {"exp": ...},
        {"exp": "1800000240"},
        {"exp": True},
        {"exp": int("9" * 400)},
        {"exp": None},
        {"iat": NOW + 31},
        {"nbf": NOW + 31},
        {"https://stytch.com/session": ...},
        {"https://stytch.com/session": []},
        {"https://stytch.com/session": {"id": "session-1"}},
        {"https://stytch.com/session": {"expires_at": "2027-01-15T09:00:00Z"}},
    ],
)
def test_claims_that_are_not_a_session_of_this_project_are_refused(
    changes: dict[str, Any],
) -> None:
    assert verify(token(**changes)) is None


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "rs256"},
        {"alg": ["RS256"]},
        {"alg": ...},
        {"kid": ...},
        {"kid": ""},
        {"kid": 1},
        {"typ": "at+jwt"},
        {"typ": "jwt"},
        {"typ": None},
        {"cty": "JWT"},
        {"crit": []},
        {"crit": ["exp"]},
        {"b64": True},
        {"jku": "https://evil.test/keys"},
        {"jwk": OTHER_KEY.as_dict(private=False)},
        {"x5u": "https://evil.test/cert"},
        {"x5c": []},
    ],
)
def test_headers_that_name_another_way_are_refused(header: dict[str, Any]) -> None:
    assert verify(token(header)) is None


def test_a_signature_by_another_key_is_refused() -> None:
    assert verify(token(key=OTHER_KEY)) is None


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    for header in (HEADER, HEADER | {"alg": "HS256"}):
        signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(CLAIMS).encode())}"
        mac = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
        assert verify(f"{signed}.{b64(mac)}") is None


@pytest.mark.parametrize(
    ("header", "payload"),
    [
        (b'{"alg":"RS256","kid":"kid-1","kid":"kid-1"}', json.dumps(CLAIMS).encode()),
        (json.dumps(HEADER).encode(), json.dumps(CLAIMS).encode()[:-1] + b',"sub":"user-2"}'),
        (json.dumps(HEADER).encode(), json.dumps(CLAIMS | {"x": float("nan")}).encode()),
        (json.dumps(HEADER).encode(), json.dumps(CLAIMS | {"x": float("inf")}).encode()),
        (json.dumps(HEADER).encode(), b"[]"),
        (json.dumps(HEADER).encode(), b"{"),
        (json.dumps(HEADER).encode(), b"\xff"),
        (json.dumps(HEADER).encode(), b"[" * 4000),
        (b"[]", json.dumps(CLAIMS).encode()),
        (b"\xff", json.dumps(CLAIMS).encode()),
        (b"", json.dumps(CLAIMS).encode()),
    ],
)
def test_json_that_two_readers_read_in_two_ways_is_refused(header: bytes, payload: bytes) -> None:
    assert verify(sign(header, payload)) is None


def test_every_other_spelling_of_a_token_is_refused() -> None:
    good = token()
    header, payload, signature = good.split(".")
    for text in (
        f"{header}.{payload}",
        f"{good}.",
        f"{good}.x",
        f"{header}=.{payload}.{signature}",
        f"{good}=",
        f" {good}",
        f"{good}\n",
        f"{header}..{signature}",
        f"{header}.{payload}.",
        good.replace(".", "/", 1),
        good.upper(),
        "é" + good,
        f"{header}.{payload}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        good + "A" * MAX_LENGTH,
    ):
        assert verify(text) is None, text


@given(st.text(), st.text(), st.text())
def test_garbage_is_refused_and_raises_nothing(first: str, second: str, third: str) -> None:
    assert verify(f"{first}.{second}.{third}") is None
    assert verify(first) is None


@given(st.integers(0, 2000), st.integers(1, 255))
def test_no_byte_of_a_token_may_change(position: int, change: int) -> None:
    text = bytearray(token().encode())
    position %= len(text)
    text[position] = (text[position] + change) % 128
    read = verify(text.decode("ascii"))
    assert read is None or isinstance(read, UnknownKey) or text.decode("ascii") == token()


def test_ten_thousand_forged_tokens_are_refused_in_no_time() -> None:
    forged = [f"{token()[:-20]}{index:020d}" for index in range(100)] * 100
    started = time.perf_counter()
    assert {verify(text) for text in forged} == {None}
    assert time.perf_counter() - started < 30
