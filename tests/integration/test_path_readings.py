"""However an application reads a path that was passed on, it lies where the rule says it lies."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.http_client import request_bytes
from tests.integration.site import Site

PIECES = (
    *("/", "//", "..", ".", "%2e", "%2E", "%2f", "%5c", "\\", ";", "..;", ";a=b", "%252e", "%25"),
    *("%00", "%09", "%0a", "%20", "%23", "%3b", "%3f", "%c0%ae", "%E2%80%8B", "%", "%zz", "\xe9"),
    *("admin", "%61dmin", "ADMIN", "public", "account", "x", "*", "~", "|", "@", ":", "?", "#"),
)
TARGETS = st.tuples(
    st.sampled_from(["/", "/public/", "/public"]),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=9),
).map(lambda parts: parts[0] + "".join(parts[1]))


def resolved(path: str) -> str:
    """A path with its dot segments gone, by an application that also takes `\\` for a slash."""
    segments: list[str] = []
    for segment in re.split(r"[/\\]+", path):
        name = segment.partition(";")[0]
        if name == "..":
            del segments[-1:]
        elif name not in {"", "."}:
            segments.append(name)
    return "/" + "/".join(segments)


def readings(target: str) -> Iterator[str]:
    """The paths that some application takes a target for."""
    path = target.partition("?")[0]
    for cut in (path, path.partition("#")[0], path.partition(";")[0]):
        text = cut
        for _ in range(3):  # raw, decoded, and decoded once too often
            yield resolved(text)
            yield resolved(text.partition("\0")[0])
            yield resolved(text.partition("?")[0])
            text = unquote(text)


def test_the_readings_find_what_a_bypass_would_look_like() -> None:
    for target in ("/public/..;/admin", "/public/%252e%252e/admin", "/public\\..\\admin"):
        assert "/admin" in set(readings(target)), target
    assert set(readings("/public/a%20b?x=/../admin")) == {"/public/a%20b", "/public/a b"}


@given(target=TARGETS)
@settings(
    max_examples=300,
    deadline=None,
    # The site is the same for all examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_without_a_session_only_what_every_application_takes_for_public_is_passed_on(
    site: Site, target: str
) -> None:
    headers = [("Host", "shop.test"), ("Accept", "text/html")]

    visit = site.send(request_bytes("GET", target, headers))

    assert visit.answer.status in {200, 302, 400, 401, 403}
    if visit.reached:
        for reading in readings(visit.passed_on["path"]):
            assert reading == "/public" or reading.startswith("/public/"), reading
