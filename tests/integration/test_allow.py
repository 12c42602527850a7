"""Whoever may pass, passes, and the application is told who it is."""

import re

import pytest

from authz_sidecar.dialects.identity import IDENTITY_HEADERS
from tests.integration.site import BROWSER, Site
from tests.integration.stytch_emulator import PASSWORD, SMS, StytchEmulator


def test_a_session_with_one_factor_opens_a_page_and_names_its_user(
    site: Site, emulator: StytchEmulator
) -> None:
    user = emulator.new_user("staff")

    visit = site.get("/account/orders?page=2", user.enter_password())

    visit.assert_allowed()
    assert visit.passed_on["path"] == "/account/orders?page=2"
    assert visit.upstream_header("X-Authz-User") == [user.user_id]
    assert visit.upstream_header("X-Authz-Email") == [user.email]
    assert visit.upstream_header("X-Authz-Roles") == ["staff,stytch_user"]
    assert visit.upstream_header("X-Authz-Factors") == ["password"]
    assert visit.upstream_header("X-Authz-Amr") == ["pwd"]
    (until,) = visit.upstream_header("X-Authz-Valid-Until")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", until)


def test_two_factors_open_a_page_that_wants_two(site: Site, emulator: StytchEmulator) -> None:
    visit = site.get("/admin/users", emulator.session(PASSWORD, SMS))

    visit.assert_allowed()
    assert visit.upstream_header("X-Authz-Factors") == ["password,sms_otp"]
    assert visit.upstream_header("X-Authz-Amr") == ["mfa,otp,pwd,sms"]


def test_a_public_page_needs_no_session_and_names_nobody(site: Site) -> None:
    visit = site.get("/public/logo.png", headers=BROWSER)

    visit.assert_allowed("public")
    for name in IDENTITY_HEADERS:
        assert visit.upstream_header(name) in ([], [""]), name


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"])
def test_every_method_with_a_session_reaches_the_application_as_it_is(
    site: Site, emulator: StytchEmulator, method: str
) -> None:
    visit = site.request(method, "/account/x", emulator.session(PASSWORD), body=b"a=1")

    visit.assert_allowed()
    assert visit.passed_on["method"] == method


def test_head_is_decided_like_get(site: Site, emulator: StytchEmulator) -> None:
    allowed = site.request("HEAD", "/account/x", emulator.session(PASSWORD))
    challenged = site.request("HEAD", "/account/x", headers=BROWSER)

    assert (allowed.answer.status, allowed.reached, allowed.answer.body) == (200, 1, b"")
    assert challenged.answer.status == 302
    assert challenged.reached == 0


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_refusals_and_failures_of_the_application_itself_pass_as_they_are(
    site: Site, status: int
) -> None:
    visit = site.get("/public/x", headers=[("X-Answer-Status", str(status))])

    assert visit.answer.status == status
    assert visit.passed_on["path"] == "/public/x"
    assert visit.answer.header("Retry-After") is None
