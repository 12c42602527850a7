"""What the pages share."""

from collections.abc import Iterable

NOTE = "<!-- Made by `make docs` from the code; edit that instead. -->\n"
WORDS = """\
What the words in italics mean:

* A *duration* is one or more numbers with units, in falling order: `250ms`, `30s`, `5m`, `1h30m`,
  `2d`.
* An *identifier* is 1 to 64 of `a-z`, `0-9`, `_` and `-`; *text* is one line.
* A *network* is `10.0.0.0/8` or `2001:db8::/32`, without bits beyond its prefix; an *address*
  alone is one host.
* A *URL* is absolute, `https://` or `http://`, and has no user name and no fragment."""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell or '-' for cell in line)} |" for line in lines) + "\n"
