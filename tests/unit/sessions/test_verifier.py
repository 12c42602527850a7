"""The order of verification: memory, else Stytch; active beats unverifiable beats invalid."""

from dataclasses import replace

import pytest

from authz_sidecar.core.observers import CallResult, VerificationResult
from authz_sidecar.core.request import Credentials
from authz_sidecar.core.session import (
    Absent,
    Active,
    Invalid,
    Session,
    Source,
    Unverifiable,
    Verification,
)
from authz_sidecar.sessions.verifier import SessionVerifier

TOKEN, OTHER, THIRD = ("t" * 44, "o" * 44, "3" * 44)
SESSION = Session("session-1", "user-1", 9e9, {"password": 1.0})


class Api:
    """Stytch, as a table from token to answer; counts what it is asked."""

    def __init__(self, **answers: Active | Invalid | Unverifiable) -> None:
        self.answers: dict[str, Active | Invalid | Unverifiable] = dict(answers)
        self.asked: list[str] = []

    async def authenticate(
        self, session_token: str, sent_at: float
    ) -> Active | Invalid | Unverifiable:
        self.asked.append(session_token)
        answer = self.answers.get(session_token, Invalid())
        return replace(answer, as_of=sent_at) if isinstance(answer, Active) else answer


class Observer:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.verifications: list[tuple[Source, VerificationResult]] = []
        self.cache: list[bool] = []
        self.entries = 0

    def verified(self, source: Source, result: VerificationResult) -> None:
        self.verifications.append((source, result))

    def stytch_called(self, endpoint: str, result: CallResult, seconds: float) -> None:
        raise NotImplementedError

    def cache_asked(self, *, hit: bool) -> None:
        self.cache.append(hit)

    def cache_holds(self, entries: int) -> None:
        self.entries = entries


class House:
    """A verifier with what it stands on; time is set by hand."""

    def __init__(self, api: Api, cache_entries: int = 10) -> None:
        self.now = 1000.0
        self.api = api
        self.observer = Observer()
        self.verifier = SessionVerifier(
            api, self.observer, cache_entries=cache_entries, clock=lambda: self.now
        )

    async def verify(self, *tokens: str, within: float = 30.0) -> Verification:
        return await self.verifier.verify(Credentials(tokens), self.now - within)


def active(source: Source, as_of: float) -> Active:
    return Active(SESSION, source, as_of)


ALIVE = active(Source.STYTCH, 0.0)


async def test_no_credential_is_absent_and_asks_nobody() -> None:
    house = House(Api())
    assert await house.verify() == Absent()
    assert house.api.asked == []


async def test_a_session_is_asked_for_once_and_then_remembered() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    assert await house.verify(TOKEN) == active(Source.STYTCH, 1000.0)
    house.now = 1030.0
    assert await house.verify(TOKEN) == active(Source.CACHE, 1000.0)
    assert house.api.asked == [TOKEN]
    assert house.observer.cache == [False, True]
    assert house.observer.entries == 1
    assert house.observer.verifications == [
        (Source.STYTCH, VerificationResult.ACTIVE),
        (Source.CACHE, VerificationResult.ACTIVE),
    ]


async def test_evidence_that_is_too_old_is_asked_for_again() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.now = 1030.5
    assert await house.verify(TOKEN) == active(Source.STYTCH, 1030.5)


async def test_within_nothing_means_asked_after_the_request_arrived() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.now = 1000.001
    assert await house.verify(TOKEN, within=0) == active(Source.STYTCH, 1000.001)


async def test_evidence_from_the_future_is_not_trusted() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.now = 900.0
    assert await house.verify(TOKEN) == active(Source.STYTCH, 900.0)


async def test_a_revoked_session_is_forgotten() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.api.answers[TOKEN] = Invalid()
    assert await house.verify(TOKEN, within=-1) == Invalid()
    assert house.observer.entries == 0
    assert await house.verify(TOKEN) == Invalid()


@pytest.mark.parametrize("answer", [Invalid(), Unverifiable()])
async def test_a_no_and_a_cannot_tell_are_never_remembered(answer: Invalid | Unverifiable) -> None:
    house = House(Api(**{TOKEN: answer}))
    assert await house.verify(TOKEN) == answer
    house.api.answers[TOKEN] = ALIVE
    assert await house.verify(TOKEN) == active(Source.STYTCH, 1000.0)


async def test_a_cannot_tell_does_not_forget_what_is_known() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.api.answers[TOKEN] = Unverifiable()
    assert await house.verify(TOKEN, within=-1) == Unverifiable()
    assert await house.verify(TOKEN) == active(Source.CACHE, 1000.0)


@pytest.mark.parametrize(
    "token", ["", "short", "x" * 31, "x" * 129, "x" * 44 + "\n", "ü" * 44, "x y" * 20, '"' * 44]
)
async def test_an_implausible_token_is_invalid_and_costs_no_call(token: str) -> None:
    house = House(Api())
    assert await house.verify(token) == Invalid()
    assert house.api.asked == []


@pytest.mark.parametrize(
    ("answers", "expected", "asked"),
    [
        ((ALIVE, ALIVE), "active", [TOKEN]),
        ((Invalid(), ALIVE), "active", [TOKEN, OTHER]),
        ((Unverifiable(), ALIVE), "active", [TOKEN, OTHER]),
        ((Invalid(), Unverifiable()), "unverifiable", [TOKEN, OTHER]),
        ((Unverifiable(), Invalid()), "unverifiable", [TOKEN, OTHER]),
        ((Invalid(), Invalid()), "invalid", [TOKEN, OTHER]),
    ],
)
async def test_of_two_credentials_active_beats_unverifiable_beats_invalid(
    answers: tuple[Active | Invalid | Unverifiable, ...], expected: str, asked: list[str]
) -> None:
    house = House(Api(**dict(zip((TOKEN, OTHER), answers, strict=True))))
    assert type(await house.verify(TOKEN, OTHER)).__name__.lower() == expected
    assert house.api.asked == asked


async def test_the_least_recently_used_session_is_forgotten_first() -> None:
    house = House(Api(**{TOKEN: ALIVE, OTHER: ALIVE, THIRD: ALIVE}), cache_entries=2)
    for token in (TOKEN, OTHER, TOKEN, THIRD):
        await house.verify(token)
    assert house.observer.entries == 2
    house.api.asked.clear()
    await house.verify(TOKEN)
    await house.verify(OTHER)
    assert house.api.asked == [OTHER]
