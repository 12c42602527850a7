"""What holds of every host and path, however it is spelt."""

from urllib.parse import quote, unquote

from hypothesis import given
from hypothesis import strategies as st

from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import PathRules, canonical_host, canonical_paths

# Text made of what paths are made of, so that odd spellings come up often.
pieces = st.sampled_from(
    ["/", "a", "admin", ".", "..", "%2e", "%2F", "%61", "%25", "%", ";", "\\", "#", "?", "%C3%A9",
     "é", " ", "\x00", "%00", "*", "~", "+"]
)  # fmt: skip
path_rules = st.builds(PathRules, st.booleans(), st.booleans())
paths = st.lists(pieces, max_size=8).map(lambda each: "/" + "".join(each)) | st.text()


@given(paths, path_rules)
def test_a_canonical_path_has_nothing_left_to_decode_or_to_argue_about(
    target: str, rules: PathRules
) -> None:
    readings = canonical_paths(target, rules)
    if isinstance(readings, Refusal):
        return
    for path in readings:
        assert path.startswith("/")
        assert "//" not in path
        assert not {".", ".."} & set(path.split("/"))
        assert not set(path) & {"\\", "\x00"}
        assert all(char.isprintable() or not char.isascii() for char in path)
    assert unquote(readings[0]) == readings[0]
    assert len(readings) <= 10


@given(paths)
def test_canonicalisation_is_idempotent(target: str) -> None:
    readings = canonical_paths(target)
    if not isinstance(readings, Refusal):
        assert canonical_paths(quote(readings[0])) == readings


@given(paths, st.text(), path_rules)
def test_the_query_never_matters(target: str, query: str, rules: PathRules) -> None:
    plain = target.partition("?")[0]
    assert canonical_paths(f"{plain}?{query}", rules) == canonical_paths(plain, rules)


@given(paths)
def test_what_an_upstream_allows_only_widens(target: str) -> None:
    strict = canonical_paths(target)
    if not isinstance(strict, Refusal):
        wide = canonical_paths(
            target, PathRules(allow_path_parameters=True, allow_encoded_slash=True)
        )
        assert wide == strict


@given(st.lists(st.sampled_from(["a", "admin", "b.c", "x-y"]), min_size=1, max_size=4), st.data())
def test_no_spelling_of_a_path_reaches_another_rule_than_the_plain_one(
    segments: list[str], data: st.DataObject
) -> None:
    plain = "/" + "/".join(segments)
    spelt = "".join(
        f"%{ord(char):02x}" if char not in "/." and data.draw(st.booleans()) else char
        for char in plain
    )
    assert canonical_paths(spelt) == (plain,)


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
