"""The session among other cookies: doubled, many, large."""

from collections.abc import Callable
from itertools import permutations

import pytest

from tests.integration.http_client import Headers
from tests.integration.programs import SESSION_COOKIE
from tests.integration.site import API, BROWSER, Site
from tests.integration.stytch_emulator import PASSWORD, StytchEmulator

DEAD = "D" * 44
DEAD_TOO = "E" * 44


def one_line(*tokens: str) -> Headers:
    return [*API, ("Cookie", "; ".join(f"{SESSION_COOKIE}={token}" for token in tokens))]


def many_lines(*tokens: str) -> Headers:
    return [*API, *(("Cookie", f"{SESSION_COOKIE}={token}") for token in tokens)]


@pytest.mark.parametrize("write", [one_line, many_lines])
def test_a_live_session_beside_a_dead_one_opens_in_either_order(
    site: Site, emulator: StytchEmulator, write: Callable[..., Headers]
) -> None:
    live = emulator.session(PASSWORD)

    for order in permutations([live, DEAD]):
        site.get("/account/x", headers=write(*order)).assert_allowed()


@pytest.mark.parametrize("write", [one_line, many_lines])
def test_three_sessions_are_refused_even_if_one_lives(
    site: Site, emulator: StytchEmulator, write: Callable[..., Headers]
) -> None:
    live = emulator.session(PASSWORD)
    status = {"nginx": 403, "traefik": 400}[site.proxy]

    for order in permutations([live, DEAD, DEAD_TOO]):
        visit = site.get("/account/x", headers=write(*order))
        visit.assert_refused(status, "too_many_credentials")


@pytest.mark.parametrize("kilobytes", [20, 30])
def test_a_session_among_many_cookies_is_still_found(
    site: Site, emulator: StytchEmulator, kilobytes: int
) -> None:
    user = emulator.new_user()
    token = user.enter_password()
    crumbs = "; ".join(f"tracker{number:04}={'x' * 1000}" for number in range(kilobytes))
    cookies = ("Cookie", f"{crumbs}; {SESSION_COOKIE}={token}")

    visit = site.get("/account/x", headers=[*API, cookies])

    visit.assert_allowed()
    assert visit.upstream_header("X-Authz-User") == [user.user_id]


def test_many_cookies_without_a_session_are_challenged(site: Site) -> None:
    crumbs = "; ".join(f"tracker{number:04}={'x' * 1000}" for number in range(20))

    visit = site.get("/account/x", headers=[*BROWSER, ("Cookie", crumbs)])

    visit.assert_refused(302, "no_session")


@pytest.mark.parametrize("kilobytes", [50, 200])
def test_more_than_a_proxy_takes_is_refused(site: Site, kilobytes: int) -> None:
    visit = site.get("/public/x", headers=[*API, ("Cookie", f"a={'x' * 1000 * kilobytes}")])

    assert visit.reached == 0
    assert 400 <= visit.answer.status <= 499
