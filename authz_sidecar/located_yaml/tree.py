"""The values of a YAML file, each with its place. They are plain enough for pydantic to read."""

from dataclasses import dataclass, field, replace

from authz_sidecar.located_yaml.problem import Path, Position, Problem, spelled


class Scalar(str):
    """A scalar is text, however it was written: nothing turns into a number or a boolean."""

    __slots__ = ("at", "plain")
    at: Position
    plain: bool
    """Whether it stands there without quotes."""

    @classmethod
    def located(cls, text: str, at: Position, *, plain: bool) -> "Scalar":
        """Text with its place."""
        scalar = cls(text)
        scalar.at, scalar.plain = at, plain
        return scalar


class Entries(dict[str, "Value"]):
    """A mapping; it also knows where its keys are."""

    def __init__(self, at: Position) -> None:
        super().__init__()
        self.at = at
        self.keys_at: dict[str, Position] = {}


class Items(list["Value"]):
    """A list."""

    def __init__(self, at: Position) -> None:
        super().__init__()
        self.at = at


@dataclass(frozen=True, slots=True)
class Empty:
    """A key or a dash with nothing behind it. No typed field accepts it."""

    at: Position


Value = Scalar | Entries | Items | Empty

NO_VALUE = "there is no value; write one or remove the key"


def kind_of(value: object) -> str:
    """What messages call a value of a document."""
    match value:
        case Entries():
            return "a mapping"
        case Items():
            return "a list"
        case _:
            return "text"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole file that is sound YAML."""

    file: str
    """The name that problems carry."""
    root: Value = field(repr=False)

    def problem(self, path: Path, message: str, *, at_key: bool = False) -> Problem:
        """A problem with the value, or the key, that a path leads to.

        Components that are not in the file are passed over: pydantic puts tags of unions into its
        paths, and a short spelling (`require: two_factor`) leaves out keys that the model has.

        Args:
            path: keys and indices from the top.
            message: what is wrong and what to write instead.
            at_key: point at the last key rather than at its value.
        """
        value, at, key_at = self.root, self.root.at, None
        there: list[str | int] = []
        for part in path:
            child = _child(value, part)
            if child is None:
                continue
            if isinstance(value, Entries) and isinstance(part, str):
                key_at = value.keys_at[part]
            value, at = child, child.at
            there.append(part)
        if at_key and key_at is not None:
            at = key_at
        return Problem(self.file, at.line, at.column, spelled(there), message)

    def warning(self, path: Path, message: str, *, at_key: bool = False) -> Problem:
        """A problem that is no error, as `problem` makes them."""
        return replace(self.problem(path, message, at_key=at_key), warning=True)

    def line_of(self, path: Path) -> int:
        """The line of the value that a path leads to, for messages that name another place."""
        return self.problem(path, "").line


def _child(value: Value, part: str | int) -> Value | None:
    match value, part:
        case Entries(), str():
            return value.get(part)
        case Items(), int() if part < len(value):
            return value[part]
        case _:
            return None
