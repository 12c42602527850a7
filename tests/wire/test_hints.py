"""The way back survives the wire: what the proxy told comes back byte for byte in the hint."""

from urllib.parse import parse_qsl

import ada_url
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.http_client import Answer
from tests.wire.raw import about, connected, request
from tests.wire.service import DIALECTS, Service

# Parsers cut spaces and tabs off the ends of a value (RFC 9110 section 5.5).
query_bytes = st.lists(
    st.integers(0x21, 0x7E) | st.integers(0x80, 0xFF) | st.sampled_from(b" \t%&=+#"), max_size=40
).map(lambda each: bytes(each).rstrip(b" \t"))
HINTS = {"nginx": "X-Authz-Redirect", "traefik": "Location"}


def way_back(answer: Answer, dialect: str) -> bytes:
    url = answer.header(HINTS[dialect])
    assert url is not None
    assert url.isascii()
    assert url.isprintable()
    assert not set(url) & {" ", "\\"}
    assert ada_url.URL(url).origin == "https://auth.test"
    fields = parse_qsl(url.partition("?")[2], strict_parsing=True, encoding="latin-1")
    (found,) = (value for name, value in fields if name == "return_to")
    return found.encode("latin-1")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(query=query_bytes)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_way_back_is_byte_for_byte_what_the_proxy_told(
    service: Service, dialect: str, query: bytes
) -> None:
    target = b"/account/a%2Cb?" + query
    html = b"Accept", b"text/html"
    with connected(service.port) as connection:
        asked = request(html, fields=about(target), target=b"/authz/" + dialect.encode())
        connection.send(asked)
        answer = connection.answer()
    assert answer is not None
    assert answer.status == {"nginx": 401, "traefik": 302}[dialect]
    assert way_back(answer, dialect) == b"https://shop.test" + target
