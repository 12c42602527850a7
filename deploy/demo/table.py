"""The table of steps: fixed columns, printed row by row, in colour only on a terminal."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

WIDTH = 110
_COLUMNS = (("step", 32), ("sent", 26), ("came back", 20), ("why", 18))
_BOLD, _DIM, _RED, _GREEN = "1", "2", "31", "32"


@dataclass(frozen=True, slots=True)
class Row:
    """One step: what was done, what came of it, and what of that was not as expected."""

    step: str
    sent: str
    came_back: str
    why: str = "-"
    details: Sequence[str] = ()
    """What of the answer is worth seeing."""
    faults: Sequence[str] = ()


class Table:
    """Prints the steps and counts them."""

    def __init__(self, out: TextIO) -> None:
        """Start a table.

        Args:
            out: where it is printed.
        """
        self._out = out
        terminal = out.isatty() and os.environ.get("TERM") != "dumb"
        self._in_colour = terminal and not os.environ.get("NO_COLOR")
        self.steps = 0
        self.good_steps = 0

    def head(self) -> None:
        """Print the names of the columns."""
        names = "  ".join(f"{name:<{width}}" for name, width in _COLUMNS)
        self._print("")
        self._print(self._styled(f" #  {names}".rstrip() + " (X-Authz-Reason)", _BOLD))

    def chapter(self, title: str) -> None:
        """Print the title of the steps that follow."""
        self._print(self._styled(f"{f'--- {title} ':-<{WIDTH}}", _DIM))

    def row(self, row: Row) -> None:
        """Print one step."""
        self.steps += 1
        self.good_steps += not row.faults
        values = (row.step, row.sent, row.came_back, row.why)
        cells = "  ".join(
            f"{value:<{width}}" for value, (_, width) in zip(values, _COLUMNS, strict=True)
        )
        mark = self._styled("BAD", _RED) if row.faults else self._styled("ok", _GREEN)
        self._print(f"{self.steps:2}  {cells}  {mark}")
        for detail in row.details:
            self._indented(detail, _DIM)
        for fault in row.faults:
            self._indented(f"NOT AS EXPECTED: {fault}", _RED)

    def summary(self) -> None:
        """Print how many steps were as expected."""
        good = self.good_steps == self.steps
        text = f"{self.good_steps} of {self.steps} steps as expected"
        self._print("")
        self._print(self._styled(text, _BOLD, _GREEN if good else _RED))

    def _indented(self, text: str, style: str) -> None:
        for line in _wrapped(text, WIDTH - 4):
            self._print("    " + self._styled(line, style))

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)

    def _styled(self, text: str, *codes: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._in_colour else text


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text between words, and a URL before its parameters."""
    lines = [""]
    for piece in re.split(r"(?<= )|(?=[?&])", text):
        if lines[-1] and len(lines[-1]) + len(piece) > width:
            lines.append("")
        lines[-1] += piece
    return lines
