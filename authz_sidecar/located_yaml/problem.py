"""What is wrong with a file, and exactly where: one line for a person and for an editor."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from authz_sidecar.located_yaml.wording import shown

Path = tuple[str | int, ...]
"""Keys and indices that lead from the top of a file to a value."""

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Position(NamedTuple):
    """A place in a file; both count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with a file. Sorts by its place.

    `str()` is the one line to print: `policy.yaml:14:9: upstreams[0].id: what is wrong`.
    """

    file: str
    line: int
    column: int
    path: str
    """The place in the file's own terms, `upstreams[0].rules[2].id`; empty for the whole file."""
    message: str
    """What is wrong and what to write instead, in one line."""
    warning: bool = False
    """Whether the file means something all the same, though hardly what was meant."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " + ("warning: " if self.warning else "")
        return place + (f"{self.path}: {self.message}" if self.path else self.message)


def spelled(path: Iterable[str | int]) -> str:
    """A path as it is printed: `upstreams[0].rules[2].id`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{shown(part)}]"
    return text
