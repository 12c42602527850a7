"""Any bytes are a model or a list of problems that lie in the file, never an exception."""

import re
from typing import Annotated

from hypothesis import example, given
from hypothesis import strategies as st

from authz_sidecar.located_yaml import (
    NON_EMPTY,
    Cidr,
    Duration,
    Flag,
    Id,
    Integer,
    Model,
    Problem,
    Text,
    Url,
    load,
)

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # the line breaks of YAML 1.1


class Everything(Model):
    """A model with a field of every kind."""

    text: Text = "x"
    integer: Integer = 1
    flag: Flag = False
    duration: Duration = 1.0
    id: Id = "x"
    url: Url | None = None
    network: Cidr | None = None
    list: Annotated[tuple["Everything", ...], NON_EMPTY] = ()
    map: dict[Id, "Everything"] | None = None


KEYS = st.sampled_from([*Everything.model_fields, "lst", "<<", "?", "[key]"])
SCALARS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", "no", "true", "5m", "300", "https://a.test", "10.0.0.1/8", "*a", "&a b"]),
)
LINES = st.lists(
    st.builds(
        lambda indent, dash, key, value: f"{'  ' * indent}{'- ' * dash}{key}: {value}",
        st.integers(0, 3),
        st.integers(0, 1),
        KEYS,
        SCALARS,
    )
).map("\n".join)
FLOW = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        ),
    ),
)


def assert_inside(data: bytes, problems: list[Problem]) -> None:
    """Every problem points into the file, or just behind its end, in one line."""
    assert problems == sorted(problems)
    assert problems
    lines = _BREAK.split(data.decode("utf-8-sig", "replace"))
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert str(problem).isprintable()
        assert problem.message


def assert_total(data: bytes) -> None:
    """Bytes are a model or problems."""
    loaded = load(data, "f.yaml", Everything)
    if isinstance(loaded, list):
        assert_inside(data, loaded)
    else:
        assert isinstance(loaded, Everything)


@given(st.binary(max_size=64))
@example(b'"\\UFFFFFFFF"')
@example(b'"\\ud800": x')
@example(b"\xef\xbb\xbf\xff")
@example("a:\u2028\tb".encode())
def test_any_bytes_are_a_model_or_problems_inside_the_file(data: bytes) -> None:
    assert_total(data)


@given(st.text(alphabet="ab:-[]{},&*!|>'\"%@`#? \n\t\r\u2028\u00e9\\u08", max_size=40))
def test_any_mixture_of_yaml_signs_is_a_model_or_problems(text: str) -> None:
    assert_total(text.encode())


@given(st.one_of(LINES, FLOW))
def test_any_text_that_looks_like_the_model_is_one_or_problems(text: str) -> None:
    assert_total(text.encode())


@given(st.text(min_size=1).filter(str.isprintable).filter(str.strip))
def test_a_quoted_text_arrives_as_it_is(text: str) -> None:
    quoted = text.replace("'", "''")
    assert load(f"text: '{quoted}'".encode(), "f.yaml", Everything) == Everything(text=text)
