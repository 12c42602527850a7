"""No spelling of a path opens a page that its plain spelling does not."""

import pytest

from tests.integration.http_client import request_bytes
from tests.integration.programs import SESSION_COOKIE
from tests.integration.site import Site
from tests.integration.stytch_emulator import PASSWORD, StytchEmulator

AMBIGUOUS = [
    "/public/../admin/x",
    "/public/./../admin/x",
    "/public/%2e%2e/admin/x",
    "/public/.%2E/admin/x",
    "/public/..;/admin/x",
    "/public/..;a=b/admin/x",
    "/public;/../admin/x",
    "/public/..%3b/admin/x",
    "/public/..%2fadmin/x",
    "/public%2f..%2fadmin/x",
    "/public%2Fx/../../admin/x",
    "/public/..%5cadmin/x",
    "/public/..\\admin/x",
    "/public\\..\\admin/x",
    "/public/%252e%252e/admin/x",
    "/public/%25%32%65%25%32%65/admin/x",
    "/public/%252e%252e%252fadmin/x",
    "/public/..%00/admin/x",
    "/public/%00/../../admin/x",
    "/public/%c0%ae%c0%ae/admin/x",
    "//admin/x",
    "//public//../admin/x",
    "/public//../admin/x",
    "/admin/./x",
    "/./admin/x",
    "/%61dmin/x",
    "/admin%2fx",
    "/admin//x",
    "/admin;v=1/x",
    "/admin/x;.png",
    "/admin/x%00.png",
    "/admin/x%0a",
    "/admin/x#/../../public/x",
    "/public/x%23/../../admin/x",
    "/public/x%3f/../../admin/x",
    "/%zz/../admin/x",
    "/public/../admin/x?/public/x",
    "/admin/x?/../../public/x",
    "/admin/../public/../admin/x",
]


@pytest.mark.parametrize("target", AMBIGUOUS)
def test_no_spelling_opens_a_page_for_two_factors_with_one_or_none(
    site: Site, emulator: StytchEmulator, target: str
) -> None:
    for token in ("", emulator.session(PASSWORD)):
        cookie = ("Cookie", f"{SESSION_COOKIE}={token}")
        headers = [("Host", "shop.test"), cookie, ("Accept", "text/html")]

        visit = site.send(request_bytes("GET", target, headers))

        assert visit.reached == 0, visit.answer
        assert visit.answer.status in {302, 400, 403}


@pytest.mark.parametrize(
    "target",
    [
        "/public/a%20b",
        "/public/%C3%A9t%C3%A9",
        "/public/a,b+c~d:e@f!$&'()*=",
        "/public/x?next=/admin/../x&y=%2F..%2Fadmin;z",
        "/public/..x/.well-known/x..",
    ],
)
def test_an_ordinary_path_reaches_the_application_as_it_was_written(
    site: Site, target: str
) -> None:
    visit = site.get(target)

    visit.assert_allowed("public")
    path, _, query = visit.passed_on["path"].partition("?")
    assert path == target.partition("?")[0]
    # Traefik writes `;` in a query as `&`.
    assert query.replace(";", "&") == target.partition("?")[2].replace(";", "&")


@pytest.mark.parametrize("target", ["*", "public/x", "?/public/x", "http://", "//", ""])
def test_a_target_that_is_no_path_is_not_passed_on(site: Site, target: str) -> None:
    visit = site.send(request_bytes("GET", target, [("Host", "shop.test")]))

    assert visit.reached == 0
    assert visit.answer.status in {301, 302, 400, 403, 404, 505}
