"""A JWT beside a token: who decides, what it costs, and that a step-up always settles."""

import pytest

from authz_sidecar.emulator.sandbox import SESSION_TOKEN
from tests.sessions.service import (
    ABSENT,
    ALLOWED,
    DEAD_TOKEN,
    FACTOR_MISSING,
    INVALID,
    PASSWORD,
    SMS,
    UNAVAILABLE,
    Answered,
    Service,
    SignedIn,
)


async def after_mfa(service: Service, age: float) -> tuple[SignedIn, SignedIn]:
    """What a browser held before its second factor, and after; the first is dead."""
    old = await service.sign_in(PASSWORD)
    service.clock.now += age
    kind, delivery = SMS
    proven = await service.control(
        "POST",
        "/factors/prove",
        {
            "session_token": old.token,
            "factor": {"type": kind, "delivery_method": delivery},
        },
    )
    return old, SignedIn(proven["session_token"], proven["session_jwt"])


@pytest.mark.parametrize("path", ["/account", "/admin", "/payments", "/now"])
async def test_the_old_jwt_beside_the_new_token_settles(service: Service, path: str) -> None:
    old, new = await after_mfa(service, age=10)
    assert await service.ask(path, token=new.token, jwt=old.jwt) == ALLOWED


@pytest.mark.parametrize("path", ["/account", "/admin", "/payments", "/now"])
async def test_the_new_jwt_beside_the_old_token_settles(service: Service, path: str) -> None:
    old, new = await after_mfa(service, age=10)
    assert await service.ask(path, token=old.token, jwt=new.jwt) == ALLOWED


@pytest.mark.parametrize("age", [0.1, 1.0])
async def test_a_second_factor_within_two_seconds_settles_too(service: Service, age: float) -> None:
    old, new = await after_mfa(service, age)
    assert await service.ask("/admin", token=new.token, jwt=old.jwt) == ALLOWED


@pytest.mark.parametrize("path", ["/admin", "/payments"])
async def test_one_factor_of_two_by_a_jwt_costs_one_call_in_two_seconds(
    service: Service, path: str
) -> None:
    signed_in = await service.sign_in(PASSWORD)
    service.clock.now += 10
    for _ in range(20):
        answer = await service.ask(path, token=signed_in.token, jwt=signed_in.jwt)
        assert answer == FACTOR_MISSING
    assert service.session_checks == 1


async def test_an_old_jwt_beside_a_new_token_costs_one_call_within_the_bound(
    service: Service,
) -> None:
    old, new = await after_mfa(service, age=10)
    for _ in range(20):
        assert await service.ask("/admin", token=new.token, jwt=old.jwt) == ALLOWED
    assert service.session_checks == 1


async def test_a_rule_on_addresses_which_no_jwt_has_costs_one_call_within_the_bound(
    service: Service,
) -> None:
    signed_in = await service.sign_in(PASSWORD)
    service.clock.now += 10
    for _ in range(20):
        assert await service.ask("/mail", token=signed_in.token, jwt=signed_in.jwt) == ALLOWED
    assert service.session_checks == 1


async def test_a_rule_on_addresses_costs_one_call_by_a_token(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    for _ in range(20):
        assert await service.ask("/mail", token=signed_in.token) == ALLOWED
    assert service.session_checks == 1


async def test_one_factor_of_two_by_a_token_costs_one_call_in_two_seconds(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    for _ in range(20):
        assert await service.ask("/admin", token=signed_in.token) == FACTOR_MISSING
    assert service.session_checks == 1


async def test_a_young_jwt_costs_no_call_and_an_expired_one_a_single_one(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    for _ in range(3):
        assert await service.ask("/account", token=signed_in.token, jwt=signed_in.jwt) == ALLOWED
    assert service.session_checks == 0
    service.clock.now += 301
    for _ in range(3):
        assert await service.ask("/account", token=signed_in.token, jwt=signed_in.jwt) == ALLOWED
    assert service.session_checks == 1


async def test_an_expired_jwt_alone_is_asked_about_once(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    service.clock.now += 301
    for _ in range(3):
        assert await service.ask("/account", jwt=signed_in.jwt) == ALLOWED
        assert await service.ask("/account", bearer=signed_in.jwt) == ALLOWED
    assert service.session_checks == 1


@pytest.mark.parametrize(
    ("age", "expected", "calls"), [(10, ALLOWED, 0), (299, ALLOWED, 0), (301, INVALID, 2)]
)
async def test_a_revoked_session_passes_by_its_jwt_for_five_minutes_at_most(
    service: Service, age: float, expected: Answered, calls: int
) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.control("POST", "/sessions/revoke", {"session_token": signed_in.token})
    service.clock.now += age
    answer = await service.ask("/account", token=signed_in.token, jwt=signed_in.jwt)
    assert (answer, service.session_checks) == (expected, calls)


async def test_a_revoked_session_does_not_pass_where_it_is_asked_about(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.control("POST", "/sessions/revoke", {"session_token": signed_in.token})
    answer = await service.ask("/now", token=signed_in.token, jwt=signed_in.jwt)
    assert answer == INVALID


@pytest.mark.parametrize("age", [10, 301])
async def test_a_jwt_and_a_known_token_of_different_users_are_invalid(
    service: Service, age: float
) -> None:
    ann = await service.sign_in(PASSWORD)
    bob = await service.sign_in(PASSWORD, user="bob")
    service.clock.now += age
    assert await service.ask("/account", token=ann.token) == ALLOWED
    assert await service.ask("/account", token=ann.token, jwt=bob.jwt) == INVALID
    assert await service.ask("/account", token=bob.token, jwt=ann.jwt) == (
        INVALID if age > 300 else ALLOWED  # nobody was asked whose token it is
    )
    assert await service.ask("/now", token=ann.token, jwt=bob.jwt) == INVALID


async def test_the_first_of_two_jwts_that_holds_decides(service: Service) -> None:
    old, new = await after_mfa(service, age=10)
    forged = new.jwt[:-8] + "AAAAAAAA"
    assert await service.ask("/account", jwt=[forged, new.jwt]) == ALLOWED
    assert await service.ask("/account", jwt=[new.jwt, forged]) == ALLOWED
    assert await service.ask("/admin", jwt=[new.jwt, old.jwt]) == ALLOWED
    assert service.session_checks == 0


@pytest.mark.parametrize("path", ["/admin", "/payments"])
async def test_of_two_jwts_the_one_with_the_second_factor_settles(
    service: Service, path: str
) -> None:
    old, new = await after_mfa(service, age=10)
    assert await service.ask(path, jwt=[old.jwt, new.jwt]) == ALLOWED
    assert await service.ask(path, token=new.token, jwt=[old.jwt, new.jwt]) == ALLOWED


@pytest.mark.parametrize("companion", [DEAD_TOKEN, "short", SESSION_TOKEN])
async def test_bearer_decides_alone_where_it_is_taken(service: Service, companion: str) -> None:
    signed_in = await service.sign_in(PASSWORD)
    assert await service.ask("/account", bearer=signed_in.jwt, token=companion) == ALLOWED
    assert await service.ask("/account", bearer=signed_in.token, token=companion) == ALLOWED
    assert await service.ask("/account", bearer=DEAD_TOKEN, token=signed_in.token) == INVALID


async def test_no_credential_asks_nobody(service: Service) -> None:
    assert await service.ask("/account") == ABSENT
    assert service.session_checks == 0


async def test_a_factor_that_nobody_knows_counts_for_nothing(service: Service) -> None:
    known, new = await service.sign_in(PASSWORD), await service.sign_in(PASSWORD)
    assert await service.ask("/account", token=known.token) == ALLOWED
    telepathy = {"session.authentication_factors.type": "telepathy"}
    await service.fail(kind="alter", set_fields=telepathy)

    assert await service.ask("/account", token=new.token) == FACTOR_MISSING
    assert await service.ask("/account", token=known.token) == ALLOWED
    service.clock.now += 31
    assert await service.ask("/account", token=known.token) == FACTOR_MISSING
    assert await service.ask("/grace", token=known.token) == FACTOR_MISSING
    assert await service.ask("/now", token=known.token) == FACTOR_MISSING
    assert await service.ask("/payments", token=known.token) == FACTOR_MISSING


async def test_an_answer_without_factors_is_no_reason_to_log_in_again(service: Service) -> None:
    signed_in = await service.sign_in(PASSWORD)
    await service.fail(kind="alter", drop_fields=["session.authentication_factors"])
    assert await service.ask("/account", token=signed_in.token) == UNAVAILABLE
