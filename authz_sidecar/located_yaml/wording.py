"""How messages show what was written, and what they suggest instead."""

from collections.abc import Iterable
from difflib import get_close_matches

_MAX_SHOWN = 60
"""Characters of a value that a message repeats."""

_NEAR = 0.7


def shown(text: str) -> str:
    """Text from a file as a message repeats it: in backticks, on one line, cut if it is long."""
    cut = text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
    escaped = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)
    return f"`{escaped}`"


def listed(names: Iterable[str]) -> str:
    """Names for a message, sorted."""
    return ", ".join(f"`{name}`" for name in sorted(names))


def instead(text: str, names: Iterable[str]) -> str:
    """What to write instead of an unknown name: the nearest one, or the list of all.

    Args:
        text: the name that is unknown.
        names: the known ones.

    Returns:
        The end of a sentence, e.g. "did you mean `max_age`?".
    """
    known = sorted(names)
    near = get_close_matches(text[:_MAX_SHOWN], known, n=1, cutoff=_NEAR)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"write one of {listed(known)}" if known else "there is none to choose from"
