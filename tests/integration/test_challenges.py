"""No session: a person is sent to the login page, a program is told where it is."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.integration.http_client import Headers
from tests.integration.site import API, BROWSER, Site, Visit

WEBSOCKET: Headers = (
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
)


def assert_told_without_a_redirect(visit: Visit) -> None:
    visit.assert_refused(401, "no_session")
    assert visit.answer.header("Location") is None
    assert visit.answer.header("X-Authz-Redirect") is None
    assert visit.answer.header("WWW-Authenticate") == "Bearer"
    url = visit.answer.header("X-Authz-Authenticate-Url")
    assert url is not None
    assert url.startswith("https://auth.test/login?return_to=http%3A%2F%2Fshop.test%2Faccount%2Fx")


@pytest.mark.parametrize("host", ["shop.test", "shop.test:8443", "SHOP.test"])
@pytest.mark.parametrize(
    "target",
    ["/account/orders", "/account/a%20b,c?q=%2F..%2F&next=//evil.test/&x=a+b%26c", "/account/?"],
)
def test_a_navigation_is_sent_to_the_login_page_with_the_way_back(
    site: Site, host: str, target: str
) -> None:
    visit = site.request("GET", target, headers=BROWSER, host=host)

    visit.assert_refused(302, "no_session")
    location = visit.answer.header("Location")
    assert location is not None
    url = urlsplit(location)
    assert (url.scheme, url.netloc, url.path) == ("https", "auth.test", "/login")
    query = parse_qs(url.query, strict_parsing=True)
    assert query.keys() == {"return_to", "reason"}
    (return_to,) = query["return_to"]
    assert return_to in {f"http://{host}{target}", f"http://{host.lower()}{target}"}


def test_a_call_of_a_program_gets_401_and_the_url_in_a_header(site: Site) -> None:
    assert_told_without_a_redirect(site.get("/account/x", headers=API))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_changes_something_is_never_redirected_even_from_a_browser(
    site: Site, method: str
) -> None:
    visit = site.request(method, "/account/x", headers=BROWSER, body=b"amount=1")

    assert_told_without_a_redirect(visit)


@pytest.mark.parametrize(
    "headers",
    [
        (*BROWSER, ("X-Requested-With", "XMLHttpRequest")),
        (("Accept", "text/html"), ("Sec-Fetch-Mode", "cors")),
        (("Accept", "image/avif,*/*"), ("Sec-Fetch-Mode", "no-cors")),
        (*BROWSER, ("Content-Type", "application/grpc")),
    ],
    ids=["xhr", "fetch", "image", "grpc"],
)
def test_what_a_page_loads_is_not_redirected(site: Site, headers: Headers) -> None:
    assert_told_without_a_redirect(site.get("/account/x", headers=headers))


def test_a_websocket_without_a_session_is_not_redirected(site: Site) -> None:
    visit = site.get("/account/x", headers=(("Accept", "text/html"), *WEBSOCKET))

    assert_told_without_a_redirect(visit)


def test_a_long_url_still_comes_back_whole(site: Site) -> None:
    target = f"/account/search?q={'x' * 8000}"

    visit = site.get(target, headers=BROWSER)

    visit.assert_refused(302, "no_session")
    location = visit.answer.header("Location") or ""
    assert parse_qs(urlsplit(location).query)["return_to"] == [f"http://shop.test{target}"]


@pytest.mark.parametrize("headers", [BROWSER, API], ids=["browser", "api"])
def test_a_token_that_stytch_does_not_know_is_challenged(site: Site, headers: Headers) -> None:
    visit = site.get("/account/x", "A" * 44, headers)

    visit.assert_refused(302 if headers is BROWSER else 401, "session_invalid")
