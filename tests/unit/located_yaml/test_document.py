"""Where a path leads in a file; components that are not there are passed over."""

import pytest

from authz_sidecar.located_yaml import Document, Path, Position, compose

TEXT = b"""\
rules:
  - id: a
    require: two_factor
  - id: b
"""


@pytest.fixture
def document() -> Document:
    composed = compose(TEXT, "f.yaml")
    assert isinstance(composed, Document)
    return composed


@pytest.mark.parametrize(
    ("path", "at_key", "place", "spelled"),
    [
        ((), False, Position(1, 1), ""),
        ((), True, Position(1, 1), ""),
        (("rules",), False, Position(2, 3), "rules"),
        (("rules",), True, Position(1, 1), "rules"),
        (("rules", 1), False, Position(4, 5), "rules[1]"),
        (("rules", 1, "id"), False, Position(4, 9), "rules[1].id"),
        (("rules", 1, "id"), True, Position(4, 5), "rules[1].id"),
        (("rules", 2), False, Position(2, 3), "rules"),
        (("rules", "0"), False, Position(2, 3), "rules"),
        (("tag", "rules", "tag", 0, "id"), False, Position(2, 9), "rules[0].id"),
        (("rules", 0, "require", "level"), False, Position(3, 14), "rules[0].require"),
        (("rules", 0, "missing"), False, Position(2, 5), "rules[0]"),
    ],
)
def test_a_problem_is_at_what_is_there_of_its_path(
    document: Document, path: Path, *, at_key: bool, place: Position, spelled: str
) -> None:
    problem = document.problem(path, "message", at_key=at_key)
    assert (problem.line, problem.column, problem.path) == (*place, spelled)
    assert str(problem) == f"f.yaml:{place.line}:{place.column}: " + (
        f"{spelled}: message" if spelled else "message"
    )


def test_a_warning_says_that_it_is_one(document: Document) -> None:
    warning = document.warning(("rules", 1, "id"), "message", at_key=True)
    assert str(warning) == "f.yaml:4:5: warning: rules[1].id: message"
    assert warning != document.problem(("rules", 1, "id"), "message", at_key=True)
    assert str(document.warning((), "message")) == "f.yaml:1:1: warning: message"


def test_the_line_of_a_value_is_told_for_other_messages(document: Document) -> None:
    assert document.line_of(("rules", 1, "id")) == 4
