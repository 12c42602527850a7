"""The decision point: the path from a proxy's request to the reply, and the second look."""

import asyncio
import logging
from dataclasses import replace
from ipaddress import ip_network
from math import inf

import pytest
from multidict import CIMultiDict

from authz_sidecar.authorizer import Authorizer
from authz_sidecar.core.demands import Demand
from authz_sidecar.core.levels import one_factor, two_factor
from authz_sidecar.core.observers import DecisionEvent
from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import (
    Access,
    Freshness,
    Match,
    OptionalAccess,
    Policy,
    Requirement,
    Rule,
    Upstream,
)
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Credentials, ProxyRequest
from authz_sidecar.core.request_target import PathRules
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
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.traefik import Traefik

NOW = 1_800_000_000.0
RULES = (
    Rule("health", Match((PathPattern("/healthz"),)), Access.PUBLIC),
    Rule("closed", Match((PathPattern("/closed"),)), Access.DENY),
    Rule(
        "admin",
        Match((PathPattern("/admin/**"),)),
        Requirement((Demand(two_factor(600)),), Freshness()),
    ),
    Rule(
        "grace",
        Match((PathPattern("/grace"),)),
        Requirement((Demand(one_factor()),), Freshness(), allow_known_for=120),
    ),
    Rule("mine", Match((PathPattern("/mine"),)), Requirement((Demand(one_factor()),), Freshness())),
)
POLICY = Policy(
    "r1",
    (
        Upstream(
            "shop",
            (HostPattern("shop.example.com"),),
            RULES,
            "https://auth.example.com/login",
            "https://auth.example.com/step-up",
        ),
    ),
)


def evidence(age: float, expires_in: float = 3600.0, **factors: float) -> Active:
    """Evidence and factors are given by their age in seconds."""
    times = {name: NOW - seconds for name, seconds in factors.items()}
    return Active(Session("s", "u", NOW + expires_in, times), Source.CACHE, NOW - age)


class Verifications:
    """Gives prepared answers in turn, and keeps from when each had to be."""

    def __init__(self, *answers: Verification) -> None:
        self.answers = list(answers)
        self.not_before: list[NotBefore] = []

    async def verify(self, credentials: Credentials, not_before: NotBefore) -> Verification:
        assert credentials.session_tokens == ("token",)
        self.not_before.append(not_before)
        return self.answers.pop(0)

    def last_known(self, credentials: Credentials) -> Active | None:
        raise AssertionError(credentials)


class Events:
    """Keeps the decisions it is told of."""

    def __init__(self) -> None:
        self.seen: list[DecisionEvent] = []

    def decided(self, event: DecisionEvent) -> None:
        self.seen.append(event)


def asked(path: str = "/mine", host: str = "shop.example.com", **more: str) -> ProxyRequest:
    fields = {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": host,
        "X-Forwarded-Uri": path,
        "Cookie": "stytch_session=token",
    }
    return ProxyRequest(CIMultiDict(fields | more), "request-1", NOW)


async def reason_of(request: ProxyRequest, *answers: Verification) -> tuple[str, list[float]]:
    """The reason of the reply, and the ages of evidence that were asked for."""
    verifications, events = Verifications(*answers), Events()
    authorizer = Authorizer(POLICY, verifications, [events], deadline=1.0)
    reply = await authorizer.answer(Traefik(DialectConfig("stytch_session")), request)
    reason = reply.headers["X-Authz-Reason"]
    (event,) = events.seen
    assert event.decision.reason == reason
    assert event.dialect == "traefik"
    assert event.request is request
    assert event.seconds >= 0
    return reason, [NOW - not_before.token for not_before in verifications.not_before]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (asked(host="other.example.com"), "unknown_host"),
        (asked("/mine/../admin"), "bad_path"),
        (asked("/nowhere"), "no_rule"),
        (asked("/closed"), "forbidden"),
        (asked("/healthz?x=1"), "public"),
        (asked(host=""), "missing_header"),
    ],
)
async def test_what_needs_no_session_verifies_none(request_: ProxyRequest, reason: str) -> None:
    assert await reason_of(request_) == (reason, [])


async def test_an_unknown_host_is_told_before_an_ambiguous_path() -> None:
    request = asked("//x", host="other.example.com")
    assert await reason_of(request) == ("unknown_host", [])


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Absent(), "no_session"),
        (Invalid(), "session_invalid"),
        (Unverifiable(), "stytch_unavailable"),
        (evidence(30, password=9000), "requirement_met"),
    ],
)
async def test_a_verification_within_the_rules_bound_decides(
    answer: Verification, reason: str
) -> None:
    assert await reason_of(asked(), answer) == (reason, [30])


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (evidence(9, password=60), evidence(0, password=60, totp=1), "requirement_met"),
        (evidence(9, password=60), evidence(0, password=60), "factor_missing"),
        (evidence(9, password=60, totp=900), evidence(0, password=9, totp=1), "requirement_met"),
        (evidence(9, password=60, totp=900), Invalid(), "session_invalid"),
        (evidence(9, password=60), Unverifiable(), "stytch_unavailable"),
        (evidence(9, -1, password=60), evidence(0, 60, password=1, totp=1), "requirement_met"),
    ],
)
async def test_no_challenge_rests_on_old_evidence(
    first: Verification, second: Verification, reason: str
) -> None:
    assert await reason_of(asked("/admin"), first, second) == (reason, [30, 2])


async def test_evidence_of_a_moment_ago_is_not_asked_for_again() -> None:
    young = evidence(2, password=60)
    assert await reason_of(asked("/admin"), young) == ("factor_missing", [30])


async def test_a_verification_that_takes_too_long_is_unavailable() -> None:
    class Hanging:
        async def verify(self, credentials: Credentials, not_before: NotBefore) -> Verification:
            await asyncio.sleep(60)
            raise AssertionError((credentials, not_before))

        def last_known(self, credentials: Credentials) -> Active | None:
            assert credentials.session_tokens
            return evidence(31, password=60)

    authorizer = Authorizer(POLICY, Hanging(), [], deadline=0.01)
    reply = await authorizer.answer(Traefik(DialectConfig("stytch_session")), asked())
    assert (reply.status, reply.headers["X-Authz-Reason"]) == (503, "stytch_unavailable")
    reply = await authorizer.answer(Traefik(DialectConfig("stytch_session")), asked("/grace"))
    assert (reply.status, reply.headers["X-Authz-Stale"]) == (200, "true")


async def test_a_request_refused_at_the_first_gate_is_not_read() -> None:
    authorizer = Authorizer(POLICY, Verifications(), [], deadline=1.0)
    request = ProxyRequest(CIMultiDict(), "request-1", NOW)
    reply = await authorizer.answer(Traefik(DialectConfig("c")), request, Reason.UNTRUSTED_PROXY)
    assert (reply.status, reply.headers["X-Authz-Reason"]) == (403, "untrusted_proxy")


def broken(*_: object) -> None:
    raise RuntimeError("broken")


@pytest.mark.parametrize("breaking", ["read", "verify", "write"])
async def test_our_own_fault_anywhere_is_unavailable_and_never_an_allow(
    breaking: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    verifications, events = Verifications(evidence(0, password=1)), Events()
    if breaking == "read":
        monkeypatch.setattr(Traefik, "read", broken)
    if breaking == "verify":
        monkeypatch.setattr(verifications, "verify", broken)
    if breaking == "write":
        monkeypatch.setattr("authz_sidecar.dialects.traefik.allow", broken)
    authorizer = Authorizer(POLICY, verifications, [events], deadline=1.0)

    with caplog.at_level(logging.ERROR):
        reply = await authorizer.answer(Traefik(DialectConfig("stytch_session")), asked())

    assert (reply.status, reply.headers["X-Authz-Reason"]) == (503, "internal_error")
    assert [event.decision.reason for event in events.seen] == [Reason.INTERNAL_ERROR]
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert "token" not in caplog.text


async def test_an_observer_that_fails_changes_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def decided(self, event: DecisionEvent) -> None:
            broken(event)

    events = Events()
    verifications = Verifications(evidence(0, password=1))
    authorizer = Authorizer(POLICY, verifications, [Broken(), events], deadline=1.0)
    reply = await authorizer.answer(Traefik(DialectConfig("stytch_session")), asked())
    assert reply.status == 200
    assert len(events.seen) == 1
    assert "an observer failed" in caplog.text


async def test_observers_are_told_what_was_asked() -> None:
    events = Events()
    authorizer = Authorizer(POLICY, Verifications(), [events], deadline=1.0)
    await authorizer.answer(Traefik(DialectConfig("c")), asked("/healthz?secret=1"))
    request = events.seen[0].access_request
    assert isinstance(request, AccessRequest)
    assert (request.host, request.target) == ("shop.example.com", "/healthz?secret=1")


OFFICE = (ip_network("192.0.2.0/24"),)
WIDE_RULES = (
    Rule("files", Match((PathPattern("/files/**"),)), Access.PUBLIC),
    Rule("inside", Match((PathPattern("/inside"),), networks=OFFICE), Access.PUBLIC),
    Rule(
        "office",
        Match((PathPattern("/office"),)),
        Requirement((Demand(one_factor(), OFFICE),), Freshness()),
    ),
    Rule("perhaps", Match((PathPattern("/perhaps"),)), OptionalAccess(Freshness(45))),
    Rule("rest", Match(), Requirement((Demand(one_factor()),), Freshness())),
)


def wide(*answers: Verification) -> tuple[Authorizer, Verifications]:
    """An upstream that takes Bearer tokens and encoded slashes."""
    upstream = Upstream(
        "shop",
        (HostPattern("shop.example.com"),),
        WIDE_RULES,
        "https://auth.example.com/login",
        "https://auth.example.com/step-up",
        bearer=True,
        path_rules=PathRules(allow_encoded_slash=True),
    )
    verifications = Verifications(*answers)
    return Authorizer(Policy("r1", (upstream,)), verifications, [], deadline=1.0), verifications


CONFIG = DialectConfig("stytch_session", client_ip=ClientIpSource("X-Real-IP"))


@pytest.mark.parametrize(
    ("request_", "answers", "reason", "ages"),
    [
        (asked("/files/a%2Fb"), (), "public", []),
        (asked("/files%2Fa"), (), "bad_path", []),
        (asked("/inside"), (), "bad_client_ip", []),
        (asked("/inside", **{"X-Real-IP": "192.0.2.7"}), (), "public", []),
        (asked("/inside", **{"X-Real-IP": "8.8.8.8"}), (Invalid(),), "session_invalid", [30]),
        (asked("/office", **{"X-Real-IP": "8.8.8.8"}), (), "network_mismatch", []),
        (asked("/office"), (), "network_mismatch", []),
        (asked("/perhaps"), (Unverifiable(),), "optional", [45]),
        (asked("/perhaps"), (evidence(0, password=1),), "optional", [45]),
        (asked("/mine", Authorization="Bearer token"), (Invalid(),), "session_invalid", [30]),
        (asked("/mine", Authorization="Bearer a, b"), (), "duplicate_header", []),
        (asked("/files/x", Authorization="Bearer a, b"), (), "public", []),
    ],
)
async def test_a_session_is_verified_only_where_it_can_matter(
    request_: ProxyRequest, answers: tuple[Verification, ...], reason: str, ages: list[float]
) -> None:
    authorizer, verifications = wide(*answers)
    reply = await authorizer.answer(Traefik(CONFIG), request_)
    assert reply.headers["X-Authz-Reason"] == reason
    assert [NOW - not_before.token for not_before in verifications.not_before] == ages


@pytest.mark.parametrize(("seconds", "jwts_from"), [(30.0, NOW - 300), (0.0, inf)])
async def test_no_jwt_counts_as_asked_after_the_request_arrived(
    seconds: float, jwts_from: float
) -> None:
    freshness = Freshness(seconds, 300.0 if seconds else 0.0)
    rule = Rule("rest", Match(), Requirement((Demand(one_factor()),), freshness))
    upstream = replace(POLICY.upstreams[0], rules=(rule,))
    verifications = Verifications(evidence(0, password=1))
    authorizer = Authorizer(Policy("r1", (upstream,)), verifications, [], deadline=1.0)
    await authorizer.answer(Traefik(CONFIG), asked())
    assert verifications.not_before == [NotBefore(NOW - seconds, jwts_from)]


async def test_a_jwt_however_young_does_not_refuse_before_stytch_was_asked() -> None:
    by_jwt = replace(evidence(1, password=60), source=Source.JWT)
    both = evidence(0, password=60, totp=1)
    verifications = Verifications(by_jwt, both)
    authorizer = Authorizer(POLICY, verifications, [], deadline=1.0)
    reply = await authorizer.answer(Traefik(CONFIG), asked("/admin"))
    assert reply.headers["X-Authz-Reason"] == "requirement_met"
    assert verifications.not_before[1] == NotBefore(NOW - 2, inf)
