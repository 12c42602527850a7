"""Host and path patterns of the policy language: literal text with stars, no regular expressions.

`*` stands for one or more characters, as a whole label or segment or once inside one, and never
crosses a dot or a slash. `**` stands for one or more labels at the start of a host, or for a whole
subtree at the end of a path. `%2A` in a path is a literal star. Malformed patterns are the
compiler's matter (`policy_file`); here they are taken as given.
"""

import re
from dataclasses import dataclass, field

_STAR = re.compile(r"(\*|%2[Aa])")


def _regex(pattern: str, one: str) -> str:
    """Translate text with single stars; `one` matches one character that a star may stand for."""
    parts = _STAR.split(pattern)
    return "".join(
        re.escape(part) if index % 2 == 0 else f"{one}+" if part == "*" else r"\*"
        for index, part in enumerate(parts)
    )


@dataclass(frozen=True, slots=True)
class HostPattern:
    """A host name or IP literal, in lower case, or a wildcard over its labels."""

    text: str
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rest = self.text.removeprefix("**")
        many = r"[^.]+(?:\.[^.]+)*" if rest != self.text else ""
        object.__setattr__(self, "_regex", re.compile(many + _regex(rest, "[^.]")))

    @property
    def exact(self) -> bool:
        """Whether it stands for one host alone."""
        return "*" not in self.text

    @property
    def rank(self) -> tuple[bool, int, bool]:
        """Sorts patterns by precedence: exact, then the longest wildcard, then `*` before `**`."""
        return (not self.exact, -len(self.text.replace("*", "")), self.text.startswith("**"))

    def matches(self, host: str) -> bool:
        """Whether the canonical host is one that this pattern stands for."""
        return self._regex.fullmatch(host) is not None


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A decoded path, or a wildcard over its segments; `/x/**` is the subtree and `/x` itself."""

    text: str
    ignore_case: bool = False
    """For an upstream that takes `/Admin` and `/admin` for one."""
    _regex: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        stem = self.text.removesuffix("/**")
        subtree = r"(?:/.*)?" if stem != self.text else ""
        flags = re.DOTALL | (re.IGNORECASE if self.ignore_case else re.NOFLAG)
        compiled = re.compile(_regex(stem, "[^/]") + subtree, flags)
        object.__setattr__(self, "_regex", compiled)

    def matches(self, path: str) -> bool:
        """Whether the canonical path is one that this pattern stands for."""
        return self._regex.fullmatch(path) is not None
