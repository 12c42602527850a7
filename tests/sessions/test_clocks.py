"""Stytch's clock against ours: what holds, what is refused, and that no refusal is an allow."""

import pytest

from tests.sessions.service import (
    ALLOWED,
    EXPIRED,
    FACTOR_TOO_OLD,
    INVALID,
    PASSWORD,
    SKEWED,
    SMS,
    Answered,
    Service,
    SignedIn,
)

BOTH = (PASSWORD, SMS)
MINUTE, TEN_MINUTES = 60.0, 600.0


async def signed_in_by(service: Service, offset: float, minutes: int = 60) -> SignedIn:
    await service.control("PUT", "/clock", {"offset_seconds": offset})
    return await service.sign_in(*BOTH, minutes=minutes)


@pytest.mark.parametrize(
    ("offset", "expected", "calls"),
    [
        (0.0, ALLOWED, 0),
        (20.0, ALLOWED, 0),
        (MINUTE, INVALID, 0),
        (TEN_MINUTES, INVALID, 0),
        (-MINUTE, ALLOWED, 0),
        (-TEN_MINUTES, ALLOWED, 1),
    ],
)
async def test_a_jwt_alone(service: Service, offset: float, expected: Answered, calls: int) -> None:
    signed_in = await signed_in_by(service, offset)
    assert await service.ask("/account", jwt=signed_in.jwt) == expected
    assert service.session_checks == calls


@pytest.mark.parametrize(
    ("offset", "calls"),
    [
        (0.0, 0),
        (20.0, 0),
        (MINUTE, 1),
        (TEN_MINUTES, 1),
        (-MINUTE, 0),
        (-TEN_MINUTES, 1),
    ],
)
async def test_a_jwt_with_its_token_opens_at_any_skew(
    service: Service, offset: float, calls: int
) -> None:
    signed_in = await signed_in_by(service, offset)
    answer = await service.ask("/account", token=signed_in.token, jwt=signed_in.jwt)
    assert answer == ALLOWED
    assert service.session_checks == calls


@pytest.mark.parametrize("offset", [0.0, 20.0, MINUTE, TEN_MINUTES, -MINUTE, -TEN_MINUTES])
@pytest.mark.parametrize("path", ["/account", "/now", "/admin"])
async def test_a_token_where_no_age_is_asked_opens_at_any_skew(
    service: Service, offset: float, path: str
) -> None:
    signed_in = await signed_in_by(service, offset)
    assert await service.ask(path, token=signed_in.token) == ALLOWED


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0.0, ALLOWED),
        (20.0, ALLOWED),
        (MINUTE, SKEWED),
        (TEN_MINUTES, SKEWED),
        (-MINUTE, ALLOWED),
        # Nothing tells a clock that is late from a factor that is old.
        (-TEN_MINUTES, FACTOR_TOO_OLD),
    ],
)
async def test_a_step_up_of_this_moment(
    service: Service, offset: float, expected: Answered
) -> None:
    signed_in = await signed_in_by(service, offset)
    assert await service.ask("/payments", token=signed_in.token) == expected


@pytest.mark.parametrize(
    ("offset", "expected"),
    [(0.0, ALLOWED), (-MINUTE, ALLOWED), (-TEN_MINUTES, EXPIRED)],
)
async def test_a_session_of_five_minutes(
    service: Service, offset: float, expected: Answered
) -> None:
    signed_in = await signed_in_by(service, offset, minutes=5)
    assert await service.ask("/account", token=signed_in.token) == expected


@pytest.mark.parametrize("offset", [1.0, 20.0, 29.0])
async def test_asked_at_every_request_asks_whatever_a_jwt_of_the_future_says(
    service: Service, offset: float
) -> None:
    signed_in = await signed_in_by(service, offset)
    await service.ask("/now", token=signed_in.token, jwt=signed_in.jwt)
    assert service.session_checks == 1
