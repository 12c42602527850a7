"""Only a browser that loads a page is redirected."""

import pytest
from multidict import CIMultiDict

from authz_sidecar.dialects.navigation import is_navigation, is_preflight, prefers_html

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("GET", {"Accept": BROWSER}, True),
        ("HEAD", {"Accept": BROWSER}, True),
        ("GET", {"Sec-Fetch-Mode": "navigate"}, True),
        ("GET", {"Sec-Fetch-Mode": "navigate", "Accept": "application/json"}, True),
        ("GET", {}, False),
        ("POST", {"Accept": BROWSER}, False),
        ("POST", {"Sec-Fetch-Mode": "navigate"}, False),
        ("get", {"Accept": BROWSER}, False),
        ("GET", {"Sec-Fetch-Mode": "cors", "Accept": BROWSER}, False),
        ("GET", {"Sec-Fetch-Mode": "", "Accept": BROWSER}, False),
        ("GET", {"Accept": BROWSER, "X-Requested-With": "XMLHttpRequest"}, False),
        ("GET", {"Accept": BROWSER, "Upgrade": "websocket"}, False),
        ("GET", {"Accept": BROWSER, "Sec-WebSocket-Version": "13"}, False),
        ("GET", {"Accept": BROWSER, "Content-Type": "application/grpc+proto"}, False),
        ("GET", {"Accept": BROWSER, "Content-Type": "text/plain"}, True),
        ("GET", {"Accept": BROWSER, "User-Agent": "curl/8"}, True),
    ],
)
def test_a_navigation_is_told_by_its_headers(
    method: str, headers: dict[str, str], expected: bool
) -> None:
    assert is_navigation(method, CIMultiDict(headers)) is expected


def test_two_fetch_modes_are_no_navigation() -> None:
    headers = CIMultiDict([("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Mode", "cors")])
    assert not is_navigation("GET", headers)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("TEXT/HTML ; charset=utf-8", True),
        ("application/xhtml+xml, text/html", True),
        ("application/json;q=0.5, text/html;q=0.9", True),
        ("application/json, text/html", False),
        ("application/json, text/plain, */*", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0", False),
        ("text/html;q=x", False),
        ("*/*", False),
        ("", False),
        (",,;", False),
    ],
)
def test_html_is_preferred_where_it_is_first_of_the_highest_weight(
    accept: str, expected: bool
) -> None:
    assert prefers_html(accept) is expected


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        ("OPTIONS", [("Origin", "a"), ("Access-Control-Request-Method", "PUT")], True),
        ("OPTIONS", [("Origin", "a")], False),
        ("OPTIONS", [("Access-Control-Request-Method", "PUT")], False),
        ("GET", [("Origin", "a"), ("Access-Control-Request-Method", "PUT")], False),
        (
            "OPTIONS",
            [("Origin", "a"), ("Origin", "b"), ("Access-Control-Request-Method", "PUT")],
            False,
        ),
    ],
)
def test_a_preflight_is_told_by_its_headers(
    method: str, headers: list[tuple[str, str]], expected: bool
) -> None:
    assert is_preflight(method, CIMultiDict(headers)) is expected
