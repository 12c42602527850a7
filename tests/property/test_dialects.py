"""What holds of every request that a proxy can send."""

from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from authz_sidecar.core.request import AccessRequest, Refusal
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.forwarded import HEADERS, read_forwarded

READING = DialectConfig("stytch_session", client_ip=ClientIpSource("X-Real-IP"))
READ = {
    "X-Forwarded-Method": "GET",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example.com",
    "X-Forwarded-Uri": "/pay?a=1",
    "Cookie": "stytch_session=token",
    "Accept": "text/html",
    "Content-Type": "text/plain",
    "Sec-Fetch-Mode": "navigate",
    "Upgrade": "",
    "X-Requested-With": "",
    "Sec-WebSocket-Version": "",
    "Origin": "",
    "Access-Control-Request-Method": "",
    "Authorization": "Bearer x",
    "X-Real-IP": "192.0.2.7",
}
FORGED = (
    "X-Original-URL", "X-Original-Method", "X-Rewrite-Url", "X-HTTP-Method-Override", "Forwarded",
    "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Prefix", "Host",
    "User-Agent", "X_Forwarded_Uri", "X.Forwarded.Uri", "X_Forwarded_Host",
    "X-Forwarded-Uri2", "X-Authz-User", "X_Authz_User", "Remote-User", "Set-Cookie", "Cookie2",
)  # fmt: skip

values = st.text(st.characters(codec="latin-1"), max_size=30)
other_names = st.sampled_from(FORGED) | st.from_regex(r"[A-Za-z_.-]{1,20}", fullmatch=True).filter(
    lambda name: name.lower() not in {known.lower() for known in [*HEADERS, "X-Real-IP"]}
)
headers = st.lists(st.tuples(other_names | st.sampled_from(sorted(READ)), values), max_size=8)


def read(fields: CIMultiDict[str]) -> AccessRequest | Refusal:
    return read_forwarded(fields, READING)


@given(st.lists(st.tuples(other_names, values), max_size=8))
def test_a_header_outside_the_table_changes_nothing(more: list[tuple[str, str]]) -> None:
    fields = CIMultiDict({name: value for name, value in READ.items() if value})
    assert read(CIMultiDict([*fields.items(), *more])) == read(fields)
    assert read(CIMultiDict([*more, *fields.items()])) == read(fields)


@given(headers)
def test_any_headers_are_read_or_refused(fields: list[tuple[str, str]]) -> None:
    outcome = read(CIMultiDict(fields))
    assert isinstance(outcome, AccessRequest | Refusal)


@given(st.sampled_from(["Method", "Proto", "Host", "Uri"]), st.lists(values, max_size=3))
def test_a_single_valued_header_is_there_once_or_the_request_is_refused(
    name: str, given_values: list[str]
) -> None:
    fields = CIMultiDict({key: value for key, value in READ.items() if value})
    del fields[f"X-Forwarded-{name}"]
    for value in given_values:
        fields.add(f"X-Forwarded-{name}", value)
    if isinstance(read(fields), AccessRequest):
        assert len(given_values) == 1
        assert given_values[0]


def test_the_table_of_headers_is_the_one_that_these_properties_know() -> None:
    assert {*HEADERS, "X-Real-IP"} == set(READ)
