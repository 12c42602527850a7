"""The policy file under mutations, and the hosts that two patterns share."""

from itertools import product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from authz_sidecar.core.patterns import HostPattern
from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Problem
from authz_sidecar.policy_file import load_policy, review_policy
from authz_sidecar.policy_file.overlap import overlaps

ROOT = Path(__file__).parents[2]
SHIPPED = [
    path.read_text("utf-8")
    for path in [ROOT / "config/policy.yaml", *sorted((ROOT / "config/policies").glob("*.yaml"))]
]
ODD = [
    path.read_bytes()
    for kind in ("broken", "warnings")
    for path in sorted((ROOT / "tests/unit/policy_file" / kind).glob("*.yaml"))
]
WORDS = st.sampled_from(
    sorted({word for data in ODD for word in data.decode("utf-8", "replace").split()})
)


def assert_total(data: bytes) -> None:
    """Bytes are a policy or a list of problems, each with its place and on one line."""
    loaded = load_policy(data, "policy.yaml")
    warnings = review_policy(data, "policy.yaml", client_ip=False)
    if isinstance(loaded, Policy):
        assert len(loaded.revision) == 12
    else:
        assert loaded
        assert warnings == []
    problems = warnings if isinstance(loaded, Policy) else loaded
    assert problems == sorted(problems)
    lines = data.count(b"\n") + 1
    for problem in problems:
        assert isinstance(problem, Problem)
        assert problem.warning is isinstance(loaded, Policy)
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert str(problem).isprintable()


@given(st.text() | st.binary())
def test_any_text_is_a_policy_or_problems(text: str | bytes) -> None:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    loaded = load_policy(data, "policy.yaml")
    assert loaded if isinstance(loaded, list) else isinstance(loaded, Policy)


@given(st.sampled_from(SHIPPED), st.data())
def test_a_policy_with_a_word_replaced_is_a_policy_or_problems(
    shipped: str, data: st.DataObject
) -> None:
    words = shipped.split(" ")
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(words) - 1))
        words[index] = data.draw(WORDS | st.text(alphabet="ab*/.:[]{}'\"\n 5m", max_size=8))
    assert_total(" ".join(words).encode())


@given(st.sampled_from(SHIPPED), st.data())
def test_a_policy_with_lines_moved_or_lost_is_a_policy_or_problems(
    shipped: str, data: st.DataObject
) -> None:
    lines = [line for line in shipped.splitlines() if not line.lstrip().startswith("#")]
    for _ in range(data.draw(st.integers(1, 4))):
        taken = lines.pop(data.draw(st.integers(0, len(lines) - 1)))
        if data.draw(st.booleans()):
            indent = " " * data.draw(st.integers(0, 10))
            lines.insert(data.draw(st.integers(0, len(lines))), indent + taken.lstrip())
    assert_total("\n".join(lines).encode())


@given(st.sampled_from([*map(str.encode, SHIPPED), *ODD]), st.data())
def test_a_file_with_bytes_overwritten_is_a_policy_or_problems(
    file: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(file)))
    end = data.draw(st.integers(start, min(len(file), start + 40)))
    # Without line breaks of other kinds, so that lines can be counted.
    patch = data.draw(st.text(alphabet=st.characters(max_codepoint=0x7E), max_size=8))
    assert_total(file[:start] + patch.replace("\r", "").encode() + file[end:])


LABELS = ["*", "a", "b", "ab", "a*", "*b", "a*b", "b*a", "ab*", "*ba"]
PATTERNS = st.builds(
    lambda labels, open_: ".".join(["**", *labels] if open_ else labels),
    st.lists(st.sampled_from(LABELS), min_size=1, max_size=3),
    st.booleans(),
) | st.just("**")
# Every label and every number of labels that could tell two of these patterns apart.
_SMALL_LABELS = ["".join(letters) for n in range(1, 5) for letters in product("ab", repeat=n)]
_FEW_LABELS = ["a", "b", "ab", "ba", "aab", "abb", "aba", "abba", "abab", "baba"]
HOSTS = [
    *_SMALL_LABELS,
    *(".".join(pair) for pair in product(_SMALL_LABELS, repeat=2)),
    *(".".join(labels) for n in (3, 4) for labels in product(_FEW_LABELS, repeat=n)),
]


@given(PATTERNS, PATTERNS)
def test_two_patterns_overlap_where_some_host_matches_both(one: str, other: str) -> None:
    first, second = HostPattern(one), HostPattern(other)
    shared = any(first.matches(host) and second.matches(host) for host in HOSTS)
    assert overlaps(first, second) is shared
    assert overlaps(second, first) is shared
