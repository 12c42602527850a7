"""Whatever the client writes about itself or its request: nothing of it is believed."""

import pytest

from authz_sidecar.dialects.identity import IDENTITY_HEADERS, PRESETS, IdentityHeaders
from tests.integration.http_client import Headers, request_bytes
from tests.integration.programs import SESSION_COOKIE
from tests.integration.site import API, BROWSER, Site
from tests.integration.stytch_emulator import PASSWORD, StytchEmulator

EVIL = "evil-4711"


def spellings(name: str) -> list[str]:
    """A header's name in the spellings that a CGI, WSGI or PHP application takes for the same."""
    mixed = name.replace("-", "_", 1)
    return [name, name.lower(), name.replace("-", "_"), name.replace("-", "."), mixed]


def forged_identity() -> Headers:
    names = (*IDENTITY_HEADERS, "X-Authz-Decision", "X-Authz-Reason", "X-Authz-Redirect")
    return [(spelling, EVIL) for name in names for spelling in spellings(name)]


REQUEST_HEADERS = {
    "X-Forwarded-Method": "OPTIONS",
    "X-Forwarded-Uri": "/public/x",
    "X-Forwarded-Host": "open.test",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Prefix": "/public",
    "X-Original-URL": "http://open.test/public/x",
    "X-Original-Uri": "/public/x",
    "X-Original-Method": "OPTIONS",
    "X-Original-Host": "open.test",
    "X-Rewrite-Url": "/public/x",
    "X-HTTP-Method-Override": "OPTIONS",
    "X-HTTP-Method": "OPTIONS",
    "X-Method-Override": "OPTIONS",
    "Forwarded": "host=open.test;proto=https",
    "X-Host": "open.test",
}
FORGERIES = [
    pytest.param(((spelling, value),), id=spelling)
    for name, value in REQUEST_HEADERS.items()
    for spelling in dict.fromkeys(spellings(name))
]


@pytest.mark.parametrize("target", ["/public/x", "/account/x"])
def test_forged_identity_headers_never_reach_the_application(
    site: Site, emulator: StytchEmulator, target: str
) -> None:
    token = emulator.session(PASSWORD)
    plain = site.get(target, token).passed_on["headers"]

    visit = site.get(target, token, headers=[*API, *forged_identity()])

    assert visit.answer.status == 200
    headers = visit.passed_on["headers"]
    assert EVIL not in str(headers)
    changing = {"X-Request-ID", "X-Authz-Valid-Until"}
    assert headers.keys() == plain.keys()
    assert {name for name in headers if headers[name] != plain[name]} <= changing


def test_forged_identity_headers_open_nothing(site: Site, emulator: StytchEmulator) -> None:
    headers = [*API, *forged_identity()]

    site.get("/account/x", headers=headers).assert_refused(401, "no_session")
    site.get("/admin/x", emulator.session(PASSWORD), headers).assert_refused(401, "factor_missing")
    site.get("/locked/x", headers=headers).assert_refused(403, "forbidden")


@pytest.mark.parametrize("forged", FORGERIES)
def test_a_forged_description_of_the_request_changes_no_decision(
    site: Site, forged: Headers
) -> None:
    visit = site.get("/account/x?a=1", headers=[*BROWSER, *forged])

    visit.assert_refused(302, "no_session")
    location = visit.answer.header("Location") or ""
    assert "return_to=http%3A%2F%2Fshop.test%2Faccount%2Fx%3Fa%3D1&" in location


def test_all_forgeries_together_change_no_decision(site: Site, emulator: StytchEmulator) -> None:
    forged = [
        (spelling, value) for name, value in REQUEST_HEADERS.items() for spelling in spellings(name)
    ]
    token = emulator.session(PASSWORD)

    site.get("/account/x", headers=[*API, *forged]).assert_refused(401, "no_session")
    site.get("/admin/x", token, [*API, *forged]).assert_refused(401, "factor_missing")
    site.get("/locked/x", token, [*API, *forged]).assert_refused(403, "forbidden")
    visit = site.get("/account/x", token, [*API, *forged])
    visit.assert_allowed()
    passed_on = str(visit.passed_on["headers"])
    assert [value for value in ("open.test", "/public", "OPTIONS") if value in passed_on] == []


@pytest.mark.parametrize("name", ["Remote-User", "X-Remote-User", "X-Forwarded-User"])
def test_the_user_by_another_name_does_not_reach_the_application(site: Site, name: str) -> None:
    forged = [(spelling, EVIL) for spelling in spellings(name)]

    visit = site.get("/public/x", headers=[*API, *forged])

    visit.assert_allowed("public")
    assert EVIL not in str(visit.passed_on["headers"])


@pytest.mark.parametrize("name", IdentityHeaders(tuple(PRESETS)).names())
def test_no_identity_header_of_any_preset_can_be_forged(
    site: Site, emulator: StytchEmulator, name: str
) -> None:
    forged = [*API, *((spelling, EVIL) for spelling in spellings(name))]
    anonymous = site.get("/public/x", headers=forged)
    known = site.get("/account/x", emulator.session(PASSWORD), forged)

    anonymous.assert_allowed("public")
    known.assert_allowed()
    assert EVIL not in f"{anonymous.passed_on['headers']}{known.passed_on['headers']}"


def test_the_headers_of_a_preset_repeat_ours(site: Site, emulator: StytchEmulator) -> None:
    user = emulator.new_user()
    visit = site.get("/account/x", user.enter_password())
    for headers in PRESETS.values():
        for theirs, ours in headers.items():
            assert visit.upstream_header(theirs) == visit.upstream_header(ours)
    assert visit.upstream_header("Remote-User") == [user.user_id]


@pytest.mark.parametrize("name", ["X-Authz-User", "X-Authz-Valid-Until", "X-Forwarded-Uri"])
def test_a_connection_header_takes_no_identity_away(
    site: Site, emulator: StytchEmulator, name: str
) -> None:
    user = emulator.new_user()
    token = user.enter_password()

    visit = site.get("/account/x", token, [*API, ("Connection", f"close, {name}")])

    visit.assert_allowed()
    assert visit.upstream_header("X-Authz-User") == [user.user_id]
    assert visit.upstream_header("X-Authz-Valid-Until") != []


def test_a_connection_header_that_hides_the_cookie_opens_nothing(
    site: Site, emulator: StytchEmulator
) -> None:
    connection = ("Connection", "close, Cookie, X-Forwarded-Host, X-Forwarded-Method")

    visit = site.get("/admin/x", emulator.session(PASSWORD), [*API, connection])

    assert (visit.answer.status, visit.reached) == (401, 0)
    site.get("/account/x", headers=[*API, connection]).assert_refused(401, "no_session")


def test_an_absolute_request_line_is_decided_by_the_host_that_is_served(
    site: Site, emulator: StytchEmulator
) -> None:
    def visit(target: str, host: str, token: str = "") -> bytes:
        cookie = ("Cookie", f"{SESSION_COOKIE}={token}")
        return request_bytes("GET", target, [("Host", host), cookie, *API])

    token = emulator.session(PASSWORD)

    closed = site.send(visit("http://admin.test/secret", "open.test"))
    closed.assert_refused(401, "no_session")
    half = site.send(visit("http://admin.test/secret", "open.test", token))
    half.assert_refused(401, "factor_missing")
    opened = site.send(visit("http://open.test/brochure", "admin.test"))
    opened.assert_allowed("public")
    assert opened.upstream_header("Host") == ["open.test"]
    assert opened.passed_on["path"] == "/brochure"
