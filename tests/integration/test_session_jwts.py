"""Session JWTs through real proxies: alone, beside a token, as Bearer, forged, and rotated."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.http_client import Headers
from tests.integration.programs import JWT_COOKIE, SESSION_COOKIE, Application, sidecar_running
from tests.integration.proxies.launcher import Launcher
from tests.integration.site import API, BROWSER, Site, Visit
from tests.integration.stytch_emulator import (
    PASSWORD,
    PROJECT_ID,
    SECRET,
    SMS,
    StytchEmulator,
    emulator_running,
)

BEARER_HOST = "api.test"
DEAD_TOKEN = "D" * 44


def holding(*, token: str = "", jwt: str = "", headers: Headers = API) -> Headers:
    """The headers of a client that holds these cookies."""
    cookies = [f"{SESSION_COOKIE}={token}"] if token else []
    cookies += [f"{JWT_COOKIE}={jwt}"] if jwt else []
    return [*headers, ("Cookie", "; ".join(cookies))]


def bearing(credential: str) -> Headers:
    return [*API, ("Authorization", f"Bearer {credential}")]


def with_bearer(site: Site, credential: str, *, host: str = BEARER_HOST) -> Visit:
    return site.request("GET", "/account/x", headers=bearing(credential), host=host)


def forged(jwt: str) -> str:
    return jwt[:-8] + ("AAAAAAAA" if not jwt.endswith("AAAAAAAA") else "BBBBBBBB")


def assert_sent_to_login(visit: Visit) -> None:
    visit.assert_refused(302, "session_invalid")
    assert (visit.answer.header("Location") or "").startswith("https://auth.test/login?")


def test_a_jwt_alone_opens_a_page_and_stytch_is_not_asked(
    site: Site, emulator: StytchEmulator
) -> None:
    session = emulator.signed_in(PASSWORD, roles=["staff"])
    before = emulator.session_checks()

    for _ in range(3):
        visit = site.get("/account/x", headers=holding(jwt=session.jwt))
        visit.assert_allowed()
        assert visit.upstream_header("X-Authz-User") == [session.user_id]
        assert visit.upstream_header("X-Authz-Roles") == ["staff,stytch_user"]
        assert visit.upstream_header("X-Authz-Factors") == ["password"]

    assert emulator.session_checks() == before


def test_a_jwt_of_a_custom_domain_opens_too(site: Site, emulator: StytchEmulator) -> None:
    session = emulator.signed_in(PASSWORD, issuer=f"http://127.0.0.1:{emulator.port}")
    site.get("/account/x", headers=holding(jwt=session.jwt)).assert_allowed()


def test_where_stytch_is_asked_at_every_request_a_jwt_is_asked_about(
    site: Site, emulator: StytchEmulator
) -> None:
    session = emulator.signed_in(PASSWORD)
    before = emulator.session_checks()

    site.get("/fresh/x", headers=holding(jwt=session.jwt)).assert_allowed()

    assert emulator.session_checks() - before == 1


def test_bearer_opens_where_the_upstream_takes_it(site: Site, emulator: StytchEmulator) -> None:
    session = emulator.signed_in(PASSWORD)
    before = emulator.session_checks()

    for credential, calls in ((session.jwt, 0), (session.token, 1)):
        visit = with_bearer(site, credential)
        visit.assert_allowed()
        assert visit.upstream_header("X-Authz-User") == [session.user_id]
        assert emulator.session_checks() - before == calls


def test_bearer_is_nothing_where_the_upstream_does_not_take_it(
    site: Site, emulator: StytchEmulator
) -> None:
    session = emulator.signed_in(PASSWORD)
    before = emulator.session_checks()

    for credential in (session.jwt, session.token):
        with_bearer(site, credential, host="shop.test").assert_refused(401, "no_session")

    assert emulator.session_checks() == before


def test_a_bearer_that_is_no_good_is_not_helped_by_a_cookie(
    site: Site, emulator: StytchEmulator
) -> None:
    session = emulator.signed_in(PASSWORD)
    for credential in (forged(session.jwt), DEAD_TOKEN, "short"):
        headers = [*bearing(credential), ("Cookie", f"{SESSION_COOKIE}={session.token}")]
        visit = site.request("GET", "/account/x", headers=headers, host=BEARER_HOST)
        visit.assert_refused(401, "session_invalid")
        assert 'error="invalid_token"' in (visit.answer.header("WWW-Authenticate") or "")


@pytest.mark.parametrize("kind", ["forged", "half", "foreign issuer", "no JWT"])
def test_a_jwt_that_is_no_session_of_ours_leads_to_the_login_and_costs_no_call(
    site: Site, emulator: StytchEmulator, kind: str
) -> None:
    session = emulator.signed_in(PASSWORD)
    foreign = emulator.signed_in(PASSWORD, issuer="stytch.com/project-test-another")
    jwt = {
        "forged": forged(session.jwt),
        "half": session.jwt[: len(session.jwt) // 2],
        "foreign issuer": foreign.jwt,
        "no JWT": "a.b.c",
    }[kind]
    before = emulator.session_checks()

    assert_sent_to_login(site.get("/account/x", headers=holding(jwt=jwt, headers=BROWSER)))
    api = site.get("/account/x", headers=holding(jwt=jwt))
    api.assert_refused(401, "session_invalid")

    assert emulator.session_checks() == before


def test_an_expired_jwt_of_a_revoked_session_leads_to_the_login(
    site: Site, emulator: StytchEmulator
) -> None:
    session = emulator.signed_in(PASSWORD, ago=400)
    emulator.revoke(session)

    for token in ("", session.token):
        headers = holding(token=token, jwt=session.jwt, headers=BROWSER)
        assert_sent_to_login(site.get("/account/x", headers=headers))


@pytest.mark.parametrize("with_token", [True, False])
def test_an_expired_jwt_of_a_live_session_costs_one_call_and_opens(
    site: Site, emulator: StytchEmulator, with_token: bool
) -> None:
    session = emulator.signed_in(PASSWORD, ago=400)
    headers = holding(token=session.token if with_token else "", jwt=session.jwt)
    before = emulator.session_checks()

    for _ in range(3):
        visit = site.get("/account/x", headers=headers)
        visit.assert_allowed()
        assert visit.upstream_header("X-Authz-User") == [session.user_id]

    assert emulator.session_checks() - before == 1


@pytest.mark.parametrize("target", ["/account/x", "/admin/x", "/payments/x", "/fresh/x"])
def test_right_after_mfa_a_tab_settles_whichever_half_of_the_cookies_is_old(
    site: Site, emulator: StytchEmulator, target: str
) -> None:
    old = emulator.signed_in(PASSWORD, ago=10)
    new = emulator.prove(old, SMS)

    for token, jwt in ((new.token, old.jwt), (old.token, new.jwt), (new.token, new.jwt)):
        visit = site.get(target, headers=holding(token=token, jwt=jwt, headers=BROWSER))
        visit.assert_allowed()
        assert visit.upstream_header("X-Authz-User") == [old.user_id]


def test_both_halves_old_lead_to_the_login_and_not_round_in_circles(
    site: Site, emulator: StytchEmulator
) -> None:
    old = emulator.signed_in(PASSWORD, ago=10)
    emulator.prove(old, SMS)

    headers = holding(token=old.token, jwt=old.jwt, headers=BROWSER)
    assert_sent_to_login(site.get("/admin/x", headers=headers))


def test_a_jwt_and_a_token_of_different_users_are_invalid(
    site: Site, emulator: StytchEmulator
) -> None:
    ann, bob = emulator.signed_in(PASSWORD), emulator.signed_in(PASSWORD)
    site.get("/account/x", ann.token).assert_allowed()

    for target in ("/account/x", "/fresh/x"):
        headers = holding(token=ann.token, jwt=bob.jwt, headers=BROWSER)
        assert_sent_to_login(site.get(target, headers=headers))


def two_cookies(first: str, second: str) -> Headers:
    return [*API, ("Cookie", f"{JWT_COOKIE}={first}; {JWT_COOKIE}={second}")]


def test_of_two_jwt_cookies_the_good_one_decides_in_either_order(
    site: Site, emulator: StytchEmulator
) -> None:
    session, old = emulator.signed_in(PASSWORD), emulator.signed_in(PASSWORD, ago=400)
    before = emulator.session_checks()

    for bad in (forged(session.jwt), old.jwt):
        for order in permutations([session.jwt, bad]):
            visit = site.get("/account/x", headers=two_cookies(*order))
            visit.assert_allowed()
            assert visit.upstream_header("X-Authz-User") == [session.user_id]

    assert emulator.session_checks() == before


def test_three_jwt_cookies_are_refused(site: Site, emulator: StytchEmulator) -> None:
    session = emulator.signed_in(PASSWORD)
    values = (session.jwt, forged(session.jwt), "a.b.c")
    cookies = "; ".join(f"{JWT_COOKIE}={value}" for value in values)

    visit = site.get("/account/x", headers=[*API, ("Cookie", cookies)])

    visit.assert_refused({"nginx": 403, "traefik": 400}[site.proxy], "too_many_credentials")


class World(NamedTuple):
    """A site whose emulator the test may change for good."""

    site: Site
    emulator: StytchEmulator


@pytest.fixture
def world(tmp_path: Path, application: Application, launcher: Launcher) -> Iterator[World]:
    (proxy_files := tmp_path / launcher.name).mkdir()
    with (
        emulator_running(tmp_path) as emulator,
        sidecar_running(tmp_path, emulator.port, (PROJECT_ID, SECRET)) as sidecar,
        launcher.started(proxy_files, sidecar.port, application.port) as proxy,
    ):
        yield World(Site(proxy.name, proxy.port, application), emulator)


def test_a_rotation_of_keys_loses_nothing(world: World) -> None:
    site, emulator = world
    seen, unseen = emulator.signed_in(PASSWORD), emulator.signed_in(PASSWORD)
    site.get("/account/x", headers=holding(jwt=seen.jwt)).assert_allowed()

    emulator.rotate_keys(keep_old=True)

    new = emulator.signed_in(PASSWORD)
    before = emulator.session_checks()
    for session in (seen, unseen):
        site.get("/account/x", headers=holding(jwt=session.jwt)).assert_allowed()
    # The new key is fetched in the background, in a minute at the latest.
    for headers in (API, BROWSER):
        visit = site.get("/account/x", headers=holding(jwt=new.jwt, headers=headers))
        visit.assert_refused(503, "keys_unavailable")
        assert visit.answer.header("Retry-After")
    assert emulator.session_checks() == before
    site.get("/account/x", headers=holding(token=new.token, jwt=new.jwt)).assert_allowed()
    assert emulator.session_checks() - before == 1


def test_a_renewed_jwt_is_handed_to_who_came_with_a_good_one(
    site: Site, emulator: StytchEmulator
) -> None:
    session = emulator.signed_in(PASSWORD, ago=400)
    visit = site.get("/account/x", headers=holding(jwt=session.jwt))
    visit.assert_allowed()
    cookies = visit.answer.all("Set-Cookie")
    assert len(cookies) == 1
    name_and_value, *attributes = cookies[0].split("; ")
    name, _, jwt = name_and_value.partition("=")
    assert (name, jwt.count(".")) == (JWT_COOKIE, 2)
    assert jwt != session.jwt
    assert {"Path=/", "Domain=shop.test", "SameSite=Lax"} <= set(attributes)
    again = site.get("/account/x", headers=holding(jwt=jwt))
    again.assert_allowed()
    assert again.answer.all("Set-Cookie") == []


def test_nobody_else_is_handed_a_jwt(site: Site, emulator: StytchEmulator) -> None:
    session = emulator.signed_in(PASSWORD, ago=400)
    for headers in (
        holding(token=session.token),
        holding(token=session.token, jwt="planted"),
        holding(token=session.token, jwt=forged(session.jwt)),
    ):
        visit = site.get("/fresh/x", headers=headers)
        visit.assert_allowed()
        assert visit.answer.all("Set-Cookie") == []
