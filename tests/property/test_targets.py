"""What holds of every host and path, however it is spelt."""

from urllib.parse import quote, unquote

from hypothesis import given
from hypothesis import strategies as st

from authz_sidecar.core.patterns import PathPattern
from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host, canonical_path

# Text made of what paths are made of, so that odd spellings come up often.
pieces = st.sampled_from(
    ["/", "a", "admin", ".", "..", "%2e", "%2F", "%61", "%25", "%", ";", "\\", "#", "?", "%C3%A9",
     "é", " ", "\x00", "%00", "*", "~", "+"]
)  # fmt: skip
paths = st.lists(pieces, max_size=8).map(lambda each: "/" + "".join(each)) | st.text()


@given(paths)
def test_a_canonical_path_has_nothing_left_to_decode_or_to_argue_about(target: str) -> None:
    path = canonical_path(target)
    if isinstance(path, Refusal):
        return
    assert path.startswith("/")
    assert "//" not in path
    assert not {".", ".."} & set(path.split("/"))
    assert not set(path) & {"\\", ";", "#", "?", "\x00"}
    assert path.isprintable() or " " in path or not path.isascii()
    assert unquote(path) == path


@given(paths)
def test_canonicalisation_is_idempotent(target: str) -> None:
    path = canonical_path(target)
    if isinstance(path, str):
        assert canonical_path(quote(path)) == path


@given(paths, st.text())
def test_the_query_never_matters(target: str, query: str) -> None:
    plain = target.partition("?")[0]
    assert canonical_path(f"{plain}?{query}") == canonical_path(plain)


@given(st.lists(st.sampled_from(["a", "admin", "b.c", "x-y"]), min_size=1, max_size=4), st.data())
def test_no_spelling_of_a_path_reaches_another_rule_than_the_plain_one(
    segments: list[str], data: st.DataObject
) -> None:
    plain = "/" + "/".join(segments)
    spelt = "".join(
        f"%{ord(char):02x}" if char not in "/." and data.draw(st.booleans()) else char
        for char in plain
    )
    pattern = PathPattern(data.draw(st.sampled_from(["/admin/**", "/a/*", "/**", "/a"])))
    path = canonical_path(spelt)
    assert path == plain
    assert pattern.matches(path) == pattern.matches(plain)


@given(st.text() | st.from_regex(r"[a-zA-Z0-9._:\[\]-]{1,20}"))
def test_a_canonical_host_is_lower_case_ascii_and_stays_as_it_is(authority: str) -> None:
    host = canonical_host(authority)
    if isinstance(host, Refusal):
        return
    assert host.isascii()
    assert host == host.lower()
    assert canonical_host(host) == host
    assert canonical_host(host.upper()) == host
    assert canonical_host(f"{host}:8443") == host
