"""What a benchmark prints: a table, and whether the demand is met."""

from collections.abc import Sequence


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    print(f"\n{title}")
    for row in table:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print(f"  {'  '.join(cells)}".rstrip())


def note(text: str) -> None:
    """Print a line."""
    print(text)


def demand(what: str, *, met: bool) -> None:
    """Print whether a demand is met. A benchmark is no test: nothing else comes of it."""
    print(f"{'MET    ' if met else 'MISSED '} {what}")
