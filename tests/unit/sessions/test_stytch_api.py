"""Asking Stytch, here its emulator: every way to fail is told apart, and none is raised."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from authz_sidecar.core.observers import CallResult, VerificationResult
from authz_sidecar.core.session import Active, Invalid, Source, Unverifiable
from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET, Emulator, serving
from authz_sidecar.emulator.faults import Fault, FaultKind
from authz_sidecar.sessions.jwks import UnusableKeysError
from authz_sidecar.sessions.stytch_api import (
    KEYS,
    MAX_CONCURRENT_CALLS,
    SESSION_CHECK,
    Answer,
    Kind,
    StytchApi,
    StytchProject,
)

# Stytch's own sandbox values, https://stytch.com/docs/sandbox
ALIVE = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"
DEAD = "59cnLELtq5cFVS6uYK9f-pAWzBkhqZl8AvLhbhOvKNWw"


class Calls:
    """Keeps how each call ended."""

    def __init__(self) -> None:
        self.results: list[CallResult] = []
        self.endpoints: list[str] = []
        self.circuit = -1

    def verified(self, source: Source, result: VerificationResult) -> None:
        raise NotImplementedError

    def stytch_called(self, endpoint: str, result: CallResult, seconds: float) -> None:
        assert 0 <= seconds < 10
        self.results.append(result)
        self.endpoints.append(endpoint)

    def keys_fetched(self, begun: float | None) -> None:
        raise NotImplementedError

    def circuit_is(self, state: int) -> None:
        self.circuit = state

    def cache_asked(self, *, hit: bool) -> None:
        raise NotImplementedError

    def cache_holds(self, entries: int) -> None:
        raise NotImplementedError


class Stage:
    """An emulator, and the API that asks it."""

    def __init__(self, emulator: Emulator, base_url: str) -> None:
        self.emulator = emulator
        self.base_url = base_url
        self.calls = Calls()

    def api(self, secret: str = DEFAULT_SECRET, project_id: str = DEFAULT_PROJECT_ID) -> StytchApi:
        return StytchApi(StytchProject(project_id, secret, self.base_url, 0.3), self.calls)

    async def ask(self, token: str) -> tuple[Answer, CallResult]:
        api = self.api()
        try:
            answer = await api.authenticate(Kind.TOKEN, token, 1000.0)
        finally:
            await api.close()
        return answer, self.calls.results[-1]

    def break_down(self, kind: FaultKind, status: int = 500, error_type: str = "x") -> None:
        self.emulator.faults.add(
            Fault(
                fault_id=self.emulator.faults.next_id(),
                kind=kind,
                endpoint=None,
                seconds=0.0,
                status=status,
                error_type=error_type,
                times=None,
            )
        )


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    emulator = Emulator()
    async with serving(emulator) as base_url:
        yield Stage(emulator, base_url)


async def test_a_living_session_is_active_as_of_when_it_was_asked(stage: Stage) -> None:
    answer, result = await stage.ask(ALIVE)
    assert result is CallResult.OK
    assert isinstance(answer, Active)
    assert (answer.source, answer.as_of) == (Source.STYTCH, 1000.0)
    assert answer.session.user_id
    assert answer.session.factors


async def test_a_dead_session_is_invalid(stage: Stage) -> None:
    assert await stage.ask(DEAD) == (Invalid(), CallResult.DEAD_SESSION)


@pytest.mark.parametrize(
    ("kind", "status", "error_type", "result"),
    [
        ("error", 429, "too_many_requests", CallResult.RATE_LIMITED),
        ("error", 500, "internal_server_error", CallResult.SERVER_ERROR),
        ("error", 404, "route_not_found", CallResult.MISCONFIGURED),
        ("error", 404, "something_new", CallResult.BAD_ANSWER),
        ("html", 503, "", CallResult.SERVER_ERROR),
        ("html", 404, "", CallResult.BAD_ANSWER),
        ("empty", 200, "", CallResult.BAD_ANSWER),
        ("drop", 0, "", CallResult.UNREACHABLE),
        ("hang", 0, "", CallResult.TIMEOUT),
    ],
)
async def test_what_cannot_be_told_is_unverifiable(
    stage: Stage, kind: FaultKind, status: int, error_type: str, result: CallResult
) -> None:
    stage.break_down(kind, status, error_type)
    assert await stage.ask(ALIVE) == (Unverifiable(), result)


@pytest.mark.parametrize(
    ("secret", "project_id"),
    [("wrong", DEFAULT_PROJECT_ID), (DEFAULT_SECRET, "project-test-another")],
)
async def test_wrong_credentials_are_the_operators_fault(
    stage: Stage, secret: str, project_id: str
) -> None:
    api = stage.api(secret, project_id)
    assert await api.authenticate(Kind.TOKEN, ALIVE, 1000.0) == Unverifiable()
    await api.close()
    assert stage.calls.results == [CallResult.MISCONFIGURED]


async def test_nobody_listening_is_unreachable(unused_tcp_port: int) -> None:
    stage = Stage(Emulator(), f"http://127.0.0.1:{unused_tcp_port}")
    assert await stage.ask(ALIVE) == (Unverifiable(), CallResult.UNREACHABLE)


async def test_an_outage_is_logged_when_it_begins_and_ends_not_for_each_call(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "authz_sidecar")
    api = stage.api()
    for _ in range(2):
        await api.authenticate(Kind.TOKEN, ALIVE, 1000.0)
        await api.authenticate(Kind.TOKEN, DEAD, 1000.0)
    stage.break_down("error", 500, "internal_server_error")
    for _ in range(3):
        await api.authenticate(Kind.TOKEN, ALIVE, 1000.0)
    stage.emulator.faults.clear()
    for _ in range(2):
        await api.authenticate(Kind.TOKEN, ALIVE, 1000.0)
    await api.close()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "Stytch's session check: server_error (500 internal_server_error)"),
        ("INFO", "Stytch's session check: ok (answers again)"),
    ]


async def test_an_https_address_is_taken_as_a_custom_domain() -> None:
    api = StytchApi(StytchProject("project-test-1", "s", "https://api.example.com", 1.0), Calls())
    await api.close()
    assert api.url == "https://api.example.com/v1/sessions/authenticate"


async def test_without_an_address_the_project_chooses_stytchs_own() -> None:
    live = StytchApi(StytchProject("project-live-1", "s", None, 1.0), Calls())
    test = StytchApi(StytchProject("project-test-1", "s", None, 1.0), Calls())
    await live.close()
    await test.close()
    assert live.url == "https://api.stytch.com/v1/sessions/authenticate"
    assert test.url == "https://test.stytch.com/v1/sessions/authenticate"


async def test_a_jwt_can_be_asked_about(stage: Stage) -> None:
    api = stage.api()
    signed_in = await _sign_in(stage)
    answer = await api.authenticate(Kind.JWT, signed_in["session_jwt"], 1000.0)
    assert isinstance(answer, Active)
    assert answer.session.user_id == signed_in["user"]["user_id"]
    await api.close()
    assert stage.calls.endpoints == [SESSION_CHECK]


async def _sign_in(stage: Stage) -> dict[str, Any]:
    async with aiohttp.ClientSession(stage.base_url) as http:
        user = {"email": "ann@example.com"}
        async with http.post("/_emulator/users", json=user) as made:
            user_id = (await made.json())["user"]["user_id"]
        factor = {"type": "password", "delivery_method": "knowledge"}
        session = {"user_id": user_id, "factors": [factor]}
        async with http.post("/_emulator/sessions", json=session) as signed_in:
            body: dict[str, Any] = await signed_in.json()
            return body


async def test_keys_are_fetched_without_credentials_and_as_they_are(stage: Stage) -> None:
    api = stage.api(secret="wrong")
    body = await api.fetch_keys()
    await api.close()
    assert isinstance(body, dict)
    assert [key["kty"] for key in body["keys"]] == ["RSA"]
    assert (stage.calls.endpoints, stage.calls.results) == ([KEYS], [CallResult.OK])


@pytest.mark.parametrize(
    ("kind", "status", "result"),
    [
        ("error", 500, CallResult.SERVER_ERROR),
        ("html", 503, CallResult.SERVER_ERROR),
        ("drop", 0, CallResult.UNREACHABLE),
        ("hang", 0, CallResult.TIMEOUT),
    ],
)
async def test_keys_that_cannot_be_fetched_are_said_so(
    stage: Stage, kind: FaultKind, status: int, result: CallResult
) -> None:
    stage.break_down(kind, status)
    api = stage.api()
    with pytest.raises(UnusableKeysError, match=result):
        await api.fetch_keys()
    await api.close()
    assert stage.calls.results == [result]


async def test_after_failures_in_a_row_nobody_waits_for_stytch(stage: Stage) -> None:
    stage.break_down("error", 500, "internal_server_error")
    api = stage.api()
    for _ in range(20):
        assert await api.authenticate(Kind.TOKEN, ALIVE, 1000.0) == Unverifiable()
    await api.close()
    assert stage.calls.results == [CallResult.SERVER_ERROR] * 5
    assert stage.calls.circuit == 1


async def test_dead_sessions_never_open_the_circuit(stage: Stage) -> None:
    api = stage.api()
    for _ in range(20):
        assert await api.authenticate(Kind.TOKEN, DEAD, 1000.0) == Invalid()
    assert isinstance(await api.authenticate(Kind.TOKEN, ALIVE, 1000.0), Active)
    await api.close()


async def test_a_thousand_sessions_at_once_keep_the_bound_and_none_fails(stage: Stage) -> None:
    under_way = most = 0
    api = stage.api()
    ask = api._ask  # noqa: SLF001 - counts the calls that are under way

    async def counted(kind: Kind, value: str, sent_at: float) -> tuple[CallResult, Answer, str]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await ask(kind, value, sent_at)
        finally:
            under_way -= 1

    api._ask = counted  # type: ignore[method-assign] # noqa: SLF001 - the same
    answers = await asyncio.gather(
        *(api.authenticate(Kind.TOKEN, ALIVE, 1000.0) for _ in range(1000))
    )
    await api.close()
    assert {type(answer) for answer in answers} == {Active}
    assert most == MAX_CONCURRENT_CALLS


def test_a_secret_does_not_show_when_it_is_printed() -> None:
    assert "hidden" not in repr(StytchProject("project-test-1", "hidden", None, 1.0))
