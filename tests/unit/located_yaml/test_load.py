"""From bytes to a model, or every problem with its place."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import pytest

from authz_sidecar.located_yaml import (
    MAX_BYTES,
    NON_EMPTY,
    NOT_YET,
    Flag,
    Id,
    Integer,
    Model,
    Problem,
    Text,
    load,
)


class Child(Model):
    """A mapping inside a list."""

    refused: ClassVar[Mapping[str, str]] = {"later": NOT_YET}

    id: Id
    size: Integer = 1


class Top(Model):
    """A whole file."""

    name: Text
    children: Annotated[tuple[Child, ...], NON_EMPTY] = (Child(id="only"),)
    flags: dict[Id, Flag] | None = None
    kind: Literal["a", "b"] = "a"


def problems(text: str) -> list[str]:
    """What is wrong with a file, as it is printed."""
    found = load(text.encode(), "f.yaml", Top)
    assert isinstance(found, list)
    return [str(problem) for problem in found]


def test_a_sound_file_becomes_its_model() -> None:
    text = "name: no\nchildren:\n- {id: a, size: 10}\n- id: b\nflags: {x: true}\n"
    model = load(text.encode(), "f.yaml", Top)
    assert isinstance(model, Top)
    assert model.model_dump() == {
        "name": "no",
        "children": ({"id": "a", "size": 10}, {"id": "b", "size": 1}),
        "flags": {"x": True},
        "kind": "a",
    }


def test_text_of_a_model_is_no_subclass_that_would_drag_its_place_along() -> None:
    model = load(b"name: x", "f.yaml", Top)
    assert isinstance(model, Top)
    assert type(model.name) is str


@pytest.mark.parametrize("text", ["name: x", "\ufeffname: x", "---\nname: x\n...\n", "{name: 'x'}"])
def test_the_same_value_in_other_spellings_of_yaml(text: str) -> None:
    assert load(text.encode(), "f.yaml", Top) == Top(name="x")


@pytest.mark.parametrize("text", ["name: 1:30", "name: 0777", "name: 'yes'", "name: on", "name: ~"])
def test_plain_scalars_stay_text(text: str) -> None:
    model = load(text.encode(), "f.yaml", Top)
    assert isinstance(model, Top)
    assert model.name == text.removeprefix("name: ").strip("'")


def test_every_schema_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        "flags: {A: true, b: yes}\n"
        "children:\n"
        "  - {id: Bad, size: x, later: 1, sizze: 2}\n"
        "  - size: 3\n"
        "kind: c\n"
    )
    assert problems(text) == [
        "f.yaml:1:1: the key `name` is missing",
        "f.yaml:1:9: flags.A: `A` is no identifier; write 1 to 64 of a-z, 0-9, `_` and `-`",
        "f.yaml:1:21: flags.b: `yes` is neither `true` nor `false`; write `true`",
        (
            "f.yaml:3:10: children[0].id: `Bad` is no identifier;"
            " write 1 to 64 of a-z, 0-9, `_` and `-`"
        ),
        "f.yaml:3:21: children[0].size: `x` is no whole number; write digits only, such as 10",
        "f.yaml:3:24: children[0].later: not supported by this version; remove it",
        "f.yaml:3:34: children[0].sizze: unknown key; did you mean `size`?",
        "f.yaml:4:5: children[1]: the key `id` is missing",
        "f.yaml:5:7: kind: Input should be 'a' or 'b'",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name:", "f.yaml:1:1: name: there is no value; write one or remove the key"),
        ("{name: x, flags}", "f.yaml:1:11: flags: there is no value; write one or remove the key"),
        ("name: []", "f.yaml:1:7: name: text is expected here, not a list"),
        ("name: {}", "f.yaml:1:7: name: text is expected here, not a mapping"),
        (
            "name: x\nchildren: a",
            "f.yaml:2:11: children: a list is expected here; write `[a]`",
        ),
        ("name: x\nchildren: {}", "f.yaml:2:11: children: a list is expected here"),
        (
            "name: x\nchildren: []",
            "f.yaml:2:11: children: the list is empty; write at least one value",
        ),
        (
            "name: x\nflags: [a]",
            "f.yaml:2:8: flags: a mapping (`key: value`) is expected here, not a list",
        ),
        (
            "name: x\nchildren: [a]",
            "f.yaml:2:12: children[0]: a mapping (`key: value`) is expected here, not text",
        ),
        ("text", "f.yaml:1:1: a mapping (`key: value`) is expected here, not text"),
        (
            'name: x\n"new\\nline": y',
            (
                "f.yaml:2:1: [`new\\nline`]: unknown key;"
                " write one of `children`, `flags`, `kind`, `name`"
            ),
        ),
        (
            "name: x\n<<: {kind: b}",
            "f.yaml:2:1: [`<<`]: unknown key; write one of `children`, `flags`, `kind`, `name`",
        ),
    ],
)
def test_a_problem_names_its_place_and_what_to_write(text: str, problem: str) -> None:
    assert problems(text) == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x b", "f.yaml:1:4: the anchor `&x` is not supported; remove it"),
        ("a: !!int 3", "f.yaml:1:4: the tag `!!int` is not supported; remove it"),
        ("! a: b", "f.yaml:1:1: the tag `!` is not supported; remove it"),
        ("a: 1\nb: 2\na: 3", "f.yaml:3:1: the key `a` is already on line 1; remove one"),
        ("{a: 1, 'a': 2}", "f.yaml:1:8: the key `a` is already on line 1; remove one"),
        ("? [a]\n: b", "f.yaml:1:3: a key must be text"),
        ("? {a: b}\n", "f.yaml:1:3: a key must be text"),
        ("{? : b}", "f.yaml:1:3: a key must be text"),
        ("a: b\n--- c", "f.yaml:2:1: a second document; a file holds only one"),
        ("", "f.yaml:1:1: the file is empty"),
        ("a:\n\tb: c", "f.yaml:2:1: a tab; indent with spaces"),
        ('a: "\\w+"', "f.yaml:1:6: `\\w` means nothing in double quotes; use single quotes"),
        ("a: *.com", "f.yaml:1:5: a text that begins with `*` must be in single quotes"),
        ("a: @b", "f.yaml:1:4: a text that begins with `@` must be in single quotes"),
        ("a: [b", "f.yaml:1:6: this is not YAML: expected ',' or ']', but got '<stream end>'"),
        ("a: b\n# \x07", "f.yaml:2:3: a control character is not allowed; remove it"),
        ('a: "\\U00110000"', "f.yaml:1:7: an escape or a number out of range"),
        ('a: "\\uDC00"', "f.yaml:1:4: half a character: a `\\u` escape from D800 to DFFF"),
        (f"%YAML 1.{'9' * 5000}\n--- a", "f.yaml:1:9: an escape or a number out of range"),
        ("[" * 100, "f.yaml:1:34: more than 32 mappings and lists inside one another"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_place(text: str, problem: str) -> None:
    assert problems(text) == [problem]


def test_an_alias_is_refused_with_a_word_about_patterns() -> None:
    assert problems("a: &b c\nd: *b") == [
        "f.yaml:1:4: the anchor `&b` is not supported; remove it",
        (
            "f.yaml:2:4: `*b` is an alias to YAML;"
            " write a pattern in single quotes, and repeat what an alias stands for"
        ),
    ]


def test_bytes_that_are_no_utf_8_are_told_by_line_and_column() -> None:
    found = load("name: x\n# é ".encode() + b"\xe9", "f.yaml", Top)
    assert found == [Problem("f.yaml", 2, 5, "", "the file is not UTF-8; save it as UTF-8")]


def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not() -> None:
    largest = b"name: x\n#".ljust(MAX_BYTES, b"#")
    assert load(largest, "f.yaml", Top) == Top(name="x")
    message = "the file is larger than 1048576 bytes; split it"
    assert load(largest + b"#", "f.yaml", Top) == [Problem("f.yaml", 1, 1, "", message)]


def test_problems_sort_by_line_and_then_by_column() -> None:
    places = [(2, 1), (1, 10), (10, 1), (1, 9)]
    sort = sorted(Problem("f.yaml", line, column, "", "m") for line, column in places)
    assert [(problem.line, problem.column) for problem in sort] == sorted(places)
