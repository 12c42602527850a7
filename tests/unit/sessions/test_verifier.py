"""The order of verification: memory, else Stytch; active beats unverifiable beats invalid."""

import asyncio
from dataclasses import replace

import pytest

from authz_sidecar.core.observers import CallResult, VerificationResult
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import Credentials
from authz_sidecar.core.session import (
    Absent,
    Active,
    Invalid,
    NotBefore,
    Session,
    Source,
    Unverifiable,
    Verification,
)
from authz_sidecar.sessions.session_jwt import SessionJwt, UnknownKey
from authz_sidecar.sessions.stytch_api import Answer, Kind
from authz_sidecar.sessions.verifier import SessionVerifier

TOKEN, OTHER, THIRD = ("t" * 44, "o" * 44, "3" * 44)
SESSION = Session("session-1", "user-1", 9e9, {"password": 1.0})


class Api:
    """Stytch, as a table from credential to answer; keeps what it is asked."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = dict(answers)
        self.asked: list[str] = []
        self.kinds: list[Kind] = []

    async def authenticate(self, kind: Kind, value: str, sent_at: float) -> Answer:
        self.asked.append(value)
        self.kinds.append(kind)
        answer = self.answers.get(value, Invalid())
        return replace(answer, as_of=sent_at) if isinstance(answer, Active) else answer


class Jwts:
    """What is said of each session JWT here."""

    def __init__(self) -> None:
        self.readings: dict[str, SessionJwt | UnknownKey] = {}

    def read(self, text: str, now: float) -> SessionJwt | UnknownKey | None:
        assert now > 0
        return self.readings.get(text)


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

    def keys_fetched(self, begun: float | None) -> None:
        raise NotImplementedError

    def circuit_is(self, state: int) -> None:
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
        self.jwts = Jwts()
        self.observer = Observer()
        self.verifier = SessionVerifier(
            api, self.jwts, self.observer, cache_entries=cache_entries, clock=lambda: self.now
        )

    async def verify(
        self, *tokens: str, within: float = 30.0, jwts: tuple[str, ...] = ()
    ) -> Verification:
        not_before = NotBefore(self.now - within, self.now - 300.0)
        return await self.verifier.verify(Credentials(tokens, jwts), not_before)

    def jwt(self, text: str, age: float, lasts: float = 300.0, user: str = "user-1") -> Active:
        """Make a JWT good, and return the evidence it is."""
        session = replace(SESSION, user_id=user)
        issued_at = self.now - age
        self.jwts.readings[text] = SessionJwt(session, issued_at, issued_at + lasts)
        return Active(session, Source.JWT, issued_at)


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
    assert type(await house.verify(TOKEN)) is type(answer)
    house.api.answers[TOKEN] = ALIVE
    assert await house.verify(TOKEN) == active(Source.STYTCH, 1000.0)


async def test_a_cannot_tell_does_not_forget_what_is_known() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.api.answers[TOKEN] = Unverifiable()
    known = active(Source.CACHE, 1000.0)
    assert await house.verify(TOKEN, within=-1) == Unverifiable(last_known=known)
    assert await house.verify(TOKEN) == known


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
    answers: tuple[Answer, ...], expected: str, asked: list[str]
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


async def test_a_young_jwt_decides_alone_and_costs_no_call() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    evidence = house.jwt("jwt", age=299)
    assert await house.verify(TOKEN, jwts=("jwt",)) == evidence
    assert house.api.asked == []
    assert house.observer.verifications == [(Source.JWT, VerificationResult.ACTIVE)]


@pytest.mark.parametrize(("age", "lasts"), [(301, 3600), (10, 10), (10, 5)])
async def test_a_jwt_that_is_too_old_asks_stytch_about_the_token_first(
    age: float, lasts: float
) -> None:
    house = House(Api(**dict.fromkeys((TOKEN, "jwt"), ALIVE)))
    house.jwt("jwt", age, lasts)
    assert await house.verify(TOKEN, jwts=("jwt",)) == active(Source.STYTCH, 1000.0)
    assert house.api.asked == [TOKEN]


async def test_without_a_token_stytch_is_asked_about_the_jwt_and_its_answer_is_remembered() -> None:
    house = House(Api(jwt=ALIVE))
    house.jwt("jwt", 400)
    assert await house.verify(jwts=("jwt",)) == active(Source.STYTCH, 1000.0)
    assert await house.verify(jwts=("jwt",)) == active(Source.CACHE, 1000.0)
    assert (house.api.asked, house.api.kinds) == (["jwt"], [Kind.JWT])


async def test_a_new_jwt_beside_a_dead_token_is_asked_about_in_its_turn() -> None:
    house = House(Api(**{TOKEN: Invalid()}, jwt=ALIVE))
    house.jwt("jwt", 400)
    assert await house.verify(TOKEN, jwts=("jwt",)) == active(Source.STYTCH, 1000.0)
    assert house.api.asked == [TOKEN, "jwt"]


async def test_a_forged_jwt_is_invalid_and_costs_no_call() -> None:
    house = House(Api())
    assert await house.verify(jwts=("forged",)) == Invalid()
    assert house.api.asked == []
    assert house.observer.verifications == [(Source.JWT, VerificationResult.INVALID)]


async def test_a_good_token_beats_a_forged_jwt() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    assert await house.verify(TOKEN, jwts=("forged",)) == active(Source.STYTCH, 1000.0)


async def test_a_jwt_of_a_key_not_yet_known_is_unverifiable_unless_a_token_helps() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    house.jwts.readings["jwt"] = UnknownKey("kid-1")
    assert await house.verify(jwts=("jwt",)) == Unverifiable(Reason.KEYS_UNAVAILABLE)
    assert await house.verify(OTHER, jwts=("jwt",)) == Unverifiable(Reason.KEYS_UNAVAILABLE)
    assert await house.verify(TOKEN, jwts=("jwt",)) == active(Source.STYTCH, 1000.0)
    assert "jwt" not in house.api.asked


async def test_of_two_jwts_the_first_that_is_young_decides() -> None:
    house = House(Api())
    house.jwt("old", 400)
    evidence = house.jwt("new", 10)
    assert await house.verify(jwts=("forged", "old", "new")) == evidence
    assert house.api.asked == []


async def test_a_jwt_and_a_token_of_different_users_are_invalid() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    house.jwt("mallory", 400, user="user-2")
    assert await house.verify(TOKEN, jwts=("mallory",)) == Invalid()
    # The token's user is known by now, so a young JWT is contradicted without a call.
    house.api.asked.clear()
    house.jwt("mallory", 10, user="user-2")
    assert await house.verify(TOKEN, jwts=("mallory",)) == Invalid()
    assert house.api.asked == []


async def test_the_newest_evidence_from_before_is_known_in_an_outage() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    for name in (TOKEN, "older", "newer"):
        house.api.answers[name] = Unverifiable()
    house.now = 1100.0
    from_cache = active(Source.CACHE, 1000.0)
    assert await house.verify(TOKEN) == Unverifiable(last_known=from_cache)
    house.jwt("older", 400)
    assert await house.verify(TOKEN, jwts=("older",)) == Unverifiable(last_known=from_cache)
    newer = house.jwt("newer", 60, lasts=50)
    assert await house.verify(TOKEN, jwts=("newer",)) == Unverifiable(last_known=newer)
    assert house.verifier.last_known(Credentials((OTHER,), ("forged",))) is None


async def test_more_questions_at_once_than_the_bound_are_unverifiable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("authz_sidecar.sessions.verifier.MAX_FLIGHTS", 1)
    going = asyncio.Event()

    class Slow(Api):
        async def authenticate(self, kind: Kind, value: str, sent_at: float) -> Answer:
            await going.wait()
            return await super().authenticate(kind, value, sent_at)

    house = House(Slow(**{TOKEN: ALIVE}))
    first = asyncio.ensure_future(house.verify(TOKEN))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await house.verify(OTHER) == Unverifiable()
    going.set()
    assert await first == active(Source.STYTCH, 1000.0)


async def test_closing_ends_the_questions_under_way() -> None:
    class Hanging(Api):
        async def authenticate(self, kind: Kind, value: str, sent_at: float) -> Answer:
            await asyncio.sleep(60)
            raise AssertionError((kind, value, sent_at))

    house = House(Hanging())
    asking = asyncio.ensure_future(house.verify(TOKEN))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await house.verifier.close()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_session_that_stytch_calls_dead_is_dead_whatever_its_jwt_says() -> None:
    house = House(Api())
    house.jwt("old", 400)
    house.jwt("young", 10)
    assert await house.verify(jwts=("old",)) == Invalid()
    assert await house.verify(jwts=("young",)) == Invalid()
    assert house.api.asked == ["old"]
    assert house.verifier.last_known(Credentials(session_jwts=("young",))) is None


async def test_a_revoked_tokens_session_is_not_known_by_its_jwt_either() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.api.answers[TOKEN] = Invalid()
    house.jwt("young", 10)
    assert await house.verify(TOKEN, within=-1) == Invalid()
    assert await house.verify(jwts=("young",)) == Invalid()


async def test_what_was_refused_a_moment_ago_is_not_known_from_before() -> None:
    house = House(Api(**{TOKEN: Invalid()}, jwt=Unverifiable()))
    house.jwt("jwt", 400)
    assert await house.verify(TOKEN, jwts=("jwt",)) == Unverifiable()


async def test_contradicting_credentials_are_not_known_from_before() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.jwt("mallory", 400, user="user-2")
    credentials = Credentials((TOKEN,), ("mallory",))
    assert house.verifier.last_known(credentials) is None


async def test_a_clock_that_was_set_back_revives_nothing() -> None:
    house = House(Api(**{TOKEN: ALIVE}))
    await house.verify(TOKEN)
    house.jwt("jwt", 0)
    house.now = 900.0
    house.api.answers[TOKEN] = Unverifiable()
    house.api.answers["jwt"] = Unverifiable()
    assert await house.verify(TOKEN, jwts=("jwt",)) == Unverifiable()


@pytest.mark.parametrize(
    ("credentials", "renewed"),
    [
        (Credentials((TOKEN,), ("jwt",)), "new.j.wt"),
        (Credentials((TOKEN,)), ""),
        (Credentials((TOKEN,), ("forged",)), ""),
        (Credentials((TOKEN,), ("jwt",), ("Bearer x",)), ""),
    ],
)
async def test_a_new_jwt_is_for_who_came_with_a_good_one_in_a_cookie(
    credentials: Credentials, renewed: str
) -> None:
    house = House(Api(**{TOKEN: replace(ALIVE, fresh_jwt="new.j.wt")}))
    house.jwt("jwt", 400)
    found = await house.verifier.verify(credentials, NotBefore(970.0, 700.0))
    assert isinstance(found, Active)
    assert found.fresh_jwt == renewed
    again = await house.verifier.verify(credentials, NotBefore(970.0, 700.0))
    assert isinstance(again, Active)
    assert (again.source, again.fresh_jwt) == (Source.CACHE, "")
