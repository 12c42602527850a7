"""Every way a session can end or change: noticed as soon as the documentation says, not later.

What is known of the sessions here is of the moment they began; then something happens at Stytch.
"""

from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import NamedTuple

import aiohttp
import pytest

from authz_sidecar.emulator.user import Email, User
from tests.sessions.service import (
    ALLOWED,
    FACTOR_TOO_OLD,
    INVALID,
    PASSWORD,
    SMS,
    START,
    UNAVAILABLE,
    Answered,
    Service,
    SignedIn,
)

ROLE_MISSING = Answered(403, "role_missing")
EMAIL_MISMATCH = Answered(403, "email_mismatch")
BY_TOKEN, BY_JWT = 30, 300
"""Seconds: `verified_within` by default."""
_NUMBERS = count(1)


class Stage(NamedTuple):
    """A session of a user of its own."""

    service: Service
    user: str
    session: SignedIn

    async def ask(self, path: str, by: str, after: float) -> Answered:
        """Ask so many seconds after the session began."""
        self.service.clock.now = START + after
        if by == "token":
            return await self.service.ask(path, token=self.session.token)
        return await self.service.ask(path, jwt=self.session.jwt)

    async def stytch(self, method: str, path: str, body: dict[str, object] | None = None) -> None:
        """Call Stytch's API, as a backend of the project would."""
        emulator = self.service.emulator
        basic = b64encode(f"{emulator.project_id}:{emulator.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        url = f"{self.service.base_url}{path}"
        async with aiohttp.request(method, url, json=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()


@pytest.fixture
async def stage(service: Service) -> AsyncIterator[Stage]:
    name = f"user-{next(_NUMBERS)}"
    emails = [Email(f"{name}@example.com", verified=True)]
    user = User(created_at=START, external_id=name, emails=emails, roles=["staff"])
    service.emulator.users.add(user)
    service.clock.now = START
    secret = service.emulator.secret
    session = await service.sign_in(PASSWORD, SMS, user=name)
    assert await service.ask("/account", token=session.token) == ALLOWED
    yield Stage(service, name, session)
    service.emulator.secret = secret


async def _revoked(stage: Stage) -> None:
    await stage.stytch("POST", "/v1/sessions/revoke", {"session_token": stage.session.token})


async def _user_deleted(stage: Stage) -> None:
    await stage.stytch("DELETE", f"/v1/users/{stage.user}")


async def _shortened(stage: Stage) -> None:
    body = {"session_token": stage.session.token, "in_seconds": 5}
    await stage.service.control("POST", "/sessions/expire", body)


async def _swapped(stage: Stage) -> None:
    factor = {"type": "totp", "delivery_method": "authenticator_app"}
    body = {"session_token": stage.session.token, "factor": factor}
    await stage.service.control("POST", "/factors/prove", body)


async def _role_taken(stage: Stage) -> None:
    await stage.service.control("PATCH", f"/users/{stage.user}", {"roles": ["guest"]})


async def _address_taken(stage: Stage) -> None:
    await stage.service.control("PATCH", f"/users/{stage.user}", {"email_verified": False})


async def _secret_changed(stage: Stage) -> None:
    stage.service.emulator.secret = "another"


Event = Callable[[Stage], Awaitable[None]]


@pytest.mark.parametrize(("by", "bound"), [("token", BY_TOKEN), ("JWT", BY_JWT)])
@pytest.mark.parametrize(
    ("happens", "path", "then"),
    [
        (_revoked, "/account", INVALID),
        (_user_deleted, "/account", INVALID),
        (_shortened, "/account", INVALID),
        (_swapped, "/account", INVALID),
        (_role_taken, "/staff", ROLE_MISSING),
        (_secret_changed, "/account", UNAVAILABLE),
    ],
)
async def test_an_end_is_noticed_within_the_bound(
    stage: Stage, by: str, bound: float, happens: Event, path: str, then: Answered
) -> None:
    await happens(stage)
    assert await stage.ask(path, by, bound - 1) == ALLOWED
    assert await stage.ask(path, by, bound + 1) == then


@pytest.mark.parametrize("by", ["token", "JWT"])
@pytest.mark.parametrize("happens", [_revoked, _user_deleted, _swapped])
async def test_where_stytch_is_asked_at_every_request_an_end_is_noticed_at_once(
    stage: Stage, by: str, happens: Event
) -> None:
    await happens(stage)
    assert await stage.ask("/now", by, 1) == INVALID


@pytest.mark.parametrize(("by", "bound"), [("token", BY_TOKEN), ("JWT", 2)])
async def test_an_address_that_is_taken_away_is_noticed_at_once_by_a_jwt_which_has_none(
    stage: Stage, by: str, bound: float
) -> None:
    assert await stage.ask("/mail", by, 0) == ALLOWED
    await _address_taken(stage)
    assert await stage.ask("/mail", by, bound - 1) == ALLOWED
    assert await stage.ask("/mail", by, bound + 1) == EMAIL_MISMATCH


async def test_what_stytch_has_called_dead_is_dead_by_its_jwt_too(stage: Stage) -> None:
    await _revoked(stage)
    assert await stage.ask("/account", "JWT", 1) == ALLOWED
    assert await stage.ask("/now", "token", 2) == INVALID
    checks = stage.service.session_checks
    assert await stage.ask("/account", "JWT", 3) == INVALID
    assert stage.service.session_checks == checks


@pytest.mark.parametrize("by", ["token", "JWT"])
async def test_what_is_given_is_noticed_at_once(stage: Stage, by: str) -> None:
    await _role_taken(stage)
    assert await stage.ask("/staff", by, 301) == ROLE_MISSING
    await stage.service.control("PATCH", f"/users/{stage.user}", {"roles": ["staff"]})
    assert await stage.ask("/staff", by, 304) == ALLOWED


@pytest.mark.parametrize("by", ["token", "JWT"])
async def test_a_factor_is_too_old_at_its_moment(stage: Stage, by: str) -> None:
    assert await stage.ask("/payments", by, 299) == ALLOWED
    assert await stage.ask("/payments", by, 301) == FACTOR_TOO_OLD


async def test_a_session_ends_at_its_moment_however_long_it_is_remembered(stage: Stage) -> None:
    assert await stage.ask("/long", "token", 3599) == ALLOWED
    checks = stage.service.session_checks
    assert await stage.ask("/long", "token", 3602) == INVALID
    assert stage.service.session_checks == checks + 1


async def test_an_extension_is_noticed_when_the_end_that_was_known_passes(stage: Stage) -> None:
    body: dict[str, object] = {
        "session_token": stage.session.token,
        "session_duration_minutes": 120,
    }
    await stage.stytch("POST", "/v1/sessions/authenticate", body)
    checks = stage.service.session_checks
    assert await stage.ask("/long", "token", 3590) == ALLOWED
    assert stage.service.session_checks == checks
    assert await stage.ask("/long", "token", 3601) == ALLOWED
    assert stage.service.session_checks == checks + 1
