"""Text -> values with their places. A small, unsurprising part of YAML; the rest is refused.

Anchors, aliases, merge keys and tags let a file say what it does not show, so they are refused
with what to write instead. Only PyYAML's parser is used: nothing of its implicit types, by which
`no` is a boolean, `1:30` a number and `0777` another.
"""

import re
from typing import TYPE_CHECKING, cast

import yaml
from yaml import events

from authz_sidecar.located_yaml.problem import Position, Problem
from authz_sidecar.located_yaml.tree import Document, Empty, Entries, Items, Scalar, Value
from authz_sidecar.located_yaml.wording import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml._yaml import Mark as CMark
    from yaml.error import Mark

_Node = events.ScalarEvent | events.SequenceStartEvent | events.MappingStartEvent

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
"""Mappings and lists inside one another."""

_UNKNOWN_ESCAPE = re.compile(r"found unknown escape character '(.)'")
_BAD_START = re.compile(r"found character '(.)' that cannot start any token")
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # YAML 1.1 section 5.4; PyYAML counts so
_SURROGATE = re.compile("[\ud800-\udfff]")


def compose(data: bytes, file: str) -> Document | list[Problem]:
    """Read a file's bytes.

    Args:
        data: the content; UTF-8, at most `MAX_BYTES`.
        file: the name that problems carry.

    Returns:
        The document, or every problem that could be found, sorted. Nothing is raised.
    """
    if len(data) > MAX_BYTES:
        return [Problem(file, 1, 1, "", f"the file is larger than {MAX_BYTES} bytes; split it")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = _end_of(before)
        return [Problem(file, line, column, "", "the file is not UTF-8; save it as UTF-8")]
    composer = _Composer(text)
    root = composer.document()
    if root is None or composer.found:
        return sorted(Problem(file, *at, "", message) for at, message in composer.found)
    return Document(file, root)


def _end_of(text: str) -> Position:
    lines = _LINE_BREAK.split(text)
    return Position(len(lines), len(lines[-1]) + 1)


class _StopError(Exception):
    """Reading on would make no sense."""


class _Composer:
    """Reads one document, and notes what is wrong with it."""

    def __init__(self, text: str) -> None:
        self.found: list[tuple[Position, str]] = []
        self._text = text
        self._next: Callable[[], events.Event]

    def document(self) -> Value | None:
        """The only document's value; None where reading had to stop, which `found` explains."""
        try:
            parser = yaml.SafeLoader(self._text)
        except yaml.reader.ReaderError as error:
            at = _end_of(self._text[: error.position])
            self.found.append((at, "a control character is not allowed; remove it"))
            return None
        self._next = parser.get_event
        try:
            return self._only_document()
        except yaml.MarkedYAMLError as error:
            self.found.append((_position(error.problem_mark), _explained(error)))
        except (ValueError, OverflowError):
            # PyYAML turns `"\UFFFFFFFF"` and `%YAML 1.<5000 digits>` into these.
            at = _position(parser.get_mark())
            self.found.append((at, "an escape or a number out of range"))
        except _StopError:
            pass
        return None

    def _only_document(self) -> Value:
        self._next()  # the start of the stream
        start = self._next()
        if isinstance(start, events.StreamEndEvent):
            self._stop(Position(1, 1), "the file is empty")
        value = self._value(self._next(), 0, _position(start.start_mark))
        self._next()  # the end of the document
        after = self._next()
        if not isinstance(after, events.StreamEndEvent):
            self._stop(_position(after.start_mark), "a second document; a file holds only one")
        return value

    def _stop(self, at: Position, message: str) -> None:
        self.found.append((at, message))
        raise _StopError

    def _value(self, event: events.Event, depth: int, empty_at: Position) -> Value:
        """The value that begins with an event; `empty_at` is its place if there is nothing."""
        at = _position(event.start_mark)
        if isinstance(event, events.AliasEvent):
            hint = "write a pattern in single quotes, and repeat what an alias stands for"
            self.found.append((at, f"{shown(f'*{event.anchor}')} is an alias to YAML; {hint}"))
            return Empty(at)
        node = cast("_Node", event)  # where a value is due, PyYAML's parser yields nothing else
        self._refuse_properties(node, at)
        if depth > MAX_DEPTH:
            self._stop(at, f"more than {MAX_DEPTH} mappings and lists inside one another")
        match node:
            case events.SequenceStartEvent():
                return self._items(at, depth)
            case events.MappingStartEvent():
                return self._entries(at, depth)
            case events.ScalarEvent(value="", style=None):
                return Empty(empty_at)
            case _:
                return self._scalar(node, at)

    def _refuse_properties(self, node: _Node, at: Position) -> None:
        if node.anchor is not None:
            name = shown(f"&{node.anchor}")
            self.found.append((at, f"the anchor {name} is not supported; remove it"))
        if node.tag is not None:
            name = shown(node.tag.replace("tag:yaml.org,2002:", "!!"))
            self.found.append((at, f"the tag {name} is not supported; remove it"))

    def _scalar(self, node: events.ScalarEvent, at: Position) -> Scalar:
        if _SURROGATE.search(node.value):
            self.found.append((at, "half a character: a `\\u` escape from D800 to DFFF"))
        return Scalar.located(node.value, at, plain=node.style is None)

    def _items(self, at: Position, depth: int) -> Items:
        items = Items(at)
        while not isinstance(event := self._next(), events.SequenceEndEvent):
            items.append(self._value(event, depth + 1, _position(event.start_mark)))
        return items

    def _entries(self, at: Position, depth: int) -> Entries:
        entries = Entries(at)
        while not isinstance(event := self._next(), events.MappingEndEvent):
            key_at = _position(event.start_mark)
            key = self._value(event, depth + 1, key_at)
            value = self._value(self._next(), depth + 1, key_at)
            if not isinstance(key, Scalar):
                self.found.append((key_at, "a key must be text"))
            elif key in entries:
                first = entries.keys_at[key]
                message = f"the key {shown(key)} is already on line {first.line}; remove one"
                self.found.append((key_at, message))
            else:
                entries[key], entries.keys_at[key] = value, key_at
        return entries


def _position(mark: "Mark | CMark | None") -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1, 1)


def _explained(error: yaml.MarkedYAMLError) -> str:
    """What PyYAML found, with what to write instead for the commonest slips."""
    problem = error.problem or "unreadable"
    escape = _UNKNOWN_ESCAPE.search(problem)
    if escape is not None:
        name = shown(f"\\{escape[1]}")
        return f"{name} means nothing in double quotes; use single quotes"
    if "'\\t'" in problem:
        return "a tab; indent with spaces"
    if error.context == "while scanning an alias":
        return "a text that begins with `*` must be in single quotes"
    start = _BAD_START.search(problem)
    if start is not None:
        return f"a text that begins with {shown(start[1])} must be in single quotes"
    return f"this is not YAML: {problem}"
