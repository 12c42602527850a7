"""What no sign-in can open is 403, and points nowhere."""

import pytest

from tests.integration.http_client import Headers, request_bytes
from tests.integration.site import API, BROWSER, Site, Visit
from tests.integration.stytch_emulator import PASSWORD, SMS, StytchEmulator


def assert_denied(visit: Visit, reason: str) -> None:
    visit.assert_refused(403, reason)
    for name in ("Location", "X-Authz-Redirect", "X-Authz-Authenticate-Url", "WWW-Authenticate"):
        assert visit.answer.header(name) is None, name


@pytest.mark.parametrize("headers", [BROWSER, API], ids=["browser", "api"])
def test_a_locked_page_stays_locked_with_any_session(
    site: Site, emulator: StytchEmulator, headers: Headers
) -> None:
    assert_denied(site.get("/locked/x", emulator.session(PASSWORD, SMS), headers), "forbidden")
    assert_denied(site.get("/locked/x", headers=headers), "forbidden")


def test_a_missing_role_is_denied_and_a_present_one_opens(
    site: Site, emulator: StytchEmulator
) -> None:
    visitor = emulator.session(PASSWORD)
    colleague = emulator.session(PASSWORD, roles=["staff"])

    assert_denied(site.get("/staff/rota", visitor, BROWSER), "role_missing")
    site.get("/staff/rota", colleague, BROWSER).assert_allowed()


def test_no_identity_is_told_on_a_denial(site: Site, emulator: StytchEmulator) -> None:
    visit = site.get("/staff/rota", emulator.session(PASSWORD))

    told = [name.lower() for name, _ in visit.answer.headers if name.lower().startswith("x-authz-")]
    assert sorted(told) == ["x-authz-decision", "x-authz-reason"]


def test_a_path_without_a_rule_is_denied(site: Site, emulator: StytchEmulator) -> None:
    assert_denied(site.get("/nowhere", emulator.session(PASSWORD)), "no_rule")


@pytest.mark.parametrize("host", ["elsewhere.test", "127.0.0.1", "shop.test.evil.test"])
def test_a_host_that_the_policy_does_not_have_is_denied(site: Site, host: str) -> None:
    assert_denied(site.request("GET", "/public/x", host=host), "unknown_host")


@pytest.mark.parametrize("host", ["_", "0x7f.1", "shop.test.1"])
def test_a_host_that_is_none_is_refused(site: Site, host: str) -> None:
    status = {"nginx": 403, "traefik": 400}[site.proxy]
    site.request("GET", "/public/x", host=host).assert_refused(status, "bad_host")


def test_a_request_without_a_host_is_refused(site: Site) -> None:
    visits = [
        site.send(request_bytes("GET", "/public/x", [], version="HTTP/1.0")),
        site.send(request_bytes("GET", "/public/x", [("Connection", "close")])),
        site.send(request_bytes("GET", "/public/x", [("Host", "")])),
    ]

    assert [visit.reached for visit in visits] == [0, 0, 0]
    assert {visit.answer.status for visit in visits} <= {400, 403}


def test_the_location_that_asks_the_sidecar_is_not_for_clients(
    site: Site, emulator: StytchEmulator
) -> None:
    visit = site.request("GET", "/_authz", emulator.session(PASSWORD), host="open.test")

    if site.proxy == "nginx":
        assert (visit.answer.status, visit.reached) == (404, 0)
    assert visit.answer.header("X-Authz-User") is None


def test_two_hosts_are_refused(site: Site) -> None:
    hosts = [("Host", "open.test"), ("Host", "shop.test")]

    visit = site.send(request_bytes("GET", "/account/x", hosts))

    assert (visit.answer.status, visit.reached) == (400, 0)
