"""Stytch's guide "MFA backend integration", with a proxy where its sample has `if`s."""

from urllib.parse import parse_qs, urlsplit

from tests.integration.site import API, BROWSER, Site, Visit
from tests.integration.stytch_emulator import PASSWORD, SMS, StytchEmulator


def hint(visit: Visit) -> dict[str, list[str]]:
    """The query of the step-up page's URL that a person is sent to."""
    location = visit.answer.header("Location") or ""
    url = urlsplit(location)
    assert f"{url.scheme}://{url.netloc}{url.path}" == "https://auth.test/step-up", location
    return parse_qs(url.query, strict_parsing=True)


def test_one_factor_on_a_page_for_two_leads_to_the_step_up_page(
    site: Site, emulator: StytchEmulator
) -> None:
    visit = site.get("/admin/users", emulator.session(PASSWORD), BROWSER)

    visit.assert_refused(302, "factor_missing")
    query = hint(visit)
    assert query["theme"] == ["dark"]
    assert query["reason"] == ["factor_missing"]
    assert query["return_to"] == ["http://shop.test/admin/users"]
    factors = query["factors"][0].split(",")
    assert {"sms_otp", "totp", "passkey"} <= set(factors)
    assert "email_otp" not in factors


def test_a_program_with_one_factor_is_told_the_step_up_challenge_of_rfc_9470(
    site: Site, emulator: StytchEmulator
) -> None:
    visit = site.get("/admin/users", emulator.session(PASSWORD), API)

    visit.assert_refused(401, "factor_missing")
    challenge = visit.answer.header("WWW-Authenticate") or ""
    assert 'error="insufficient_user_authentication"' in challenge
    assert 'acr_values="two_factor"' in challenge
    url = visit.answer.header("X-Authz-Authenticate-Url") or ""
    assert url.startswith("https://auth.test/step-up?theme=dark&return_to=")


def test_a_second_factor_swaps_the_session_and_the_old_one_is_dead(
    site: Site, emulator: StytchEmulator
) -> None:
    user = emulator.new_user()
    old = user.enter_password()
    site.get("/fresh/x", old).assert_allowed()

    new = user.enter_sms_code(old)

    assert new != old
    site.get("/admin/users", new).assert_allowed()
    site.get("/fresh/x", old).assert_refused(401, "session_invalid")


def test_a_session_remembered_with_one_factor_does_not_stop_the_one_with_two(
    site: Site, emulator: StytchEmulator
) -> None:
    user = emulator.new_user()
    old = user.enter_password()
    site.get("/admin/users", old).assert_refused(401, "factor_missing")

    new = user.enter_sms_code(old)

    visit = site.get("/admin/users", new)
    visit.assert_allowed()
    assert visit.upstream_header("X-Authz-User") == [user.user_id]
    assert visit.upstream_header("X-Authz-Factors") == ["password,sms_otp"]


def test_a_password_and_a_code_from_the_inbox_are_not_two_factors(
    site: Site, emulator: StytchEmulator
) -> None:
    user = emulator.new_user()
    token = user.enter_email_code(user.enter_password())

    visit = site.get("/admin/users", token, BROWSER)

    visit.assert_refused(302, "factor_missing")
    assert "sms_otp" in hint(visit)["factors"][0].split(",")
    site.get("/account/x", token).assert_allowed()


def test_a_factor_of_six_minutes_ago_must_be_proven_again_where_five_are_asked(
    site: Site, emulator: StytchEmulator
) -> None:
    token = emulator.session(PASSWORD, SMS)
    site.get("/payments/new", token).assert_allowed()

    emulator.age(token, SMS, seconds=360)

    visit = site.get("/payments/new", token, BROWSER)
    visit.assert_refused(302, "factor_too_old")
    assert hint(visit)["max_age"] == ["300"]
    api = site.get("/payments/new", token, API)
    api.assert_refused(401, "factor_too_old")
    assert 'max_age="300"' in (api.answer.header("WWW-Authenticate") or "")
    site.get("/admin/users", token).assert_allowed()


def test_the_second_factor_proven_again_opens_the_page_again(
    site: Site, emulator: StytchEmulator
) -> None:
    user = emulator.new_user()
    token = user.enter_sms_code(user.enter_password())
    emulator.age(token, SMS, seconds=360)
    site.get("/payments/new", token).assert_refused(401, "factor_too_old")

    renewed = user.enter_sms_code(token)

    site.get("/payments/new", renewed).assert_allowed()
