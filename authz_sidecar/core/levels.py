"""Levels: what a rule demands of a session's factors, and until when a session holds it.

Every level, built in or named, is a choice of alternatives; an alternative is a set of elements
that must all be met; an element is met by any one of its factors that is young enough. A level
therefore has one question, `held_until`, and "missing", "too old" and "met" are three ranges of
its answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from authz_sidecar.core import factors

FactorTimes = Mapping[str, float | None]
"""Factor name -> when it was last proven (Unix seconds), None where Stytch did not say."""


@dataclass(frozen=True, slots=True)
class Element:
    """Any one of `names`, proven less than `max_age` seconds ago (None: at any time)."""

    names: frozenset[str]
    max_age: float | None = None

    def held_until(self, held: FactorTimes) -> float:
        """Until when this is met: -inf if none of the factors is there, inf without an age.

        A factor without a time is never fresh, so it holds until the epoch.
        """
        times = [held[name] for name in self.names if name in held]
        if not times:
            return -inf
        if self.max_age is None:
            return inf
        return max(0.0 if time is None else time + self.max_age for time in times)

    def with_max_age(self, seconds: float) -> "Element":
        """The same element with an age; the smaller age wins."""
        return replace(self, max_age=min(self.max_age or inf, seconds))


@dataclass(frozen=True, slots=True)
class Level:
    """A named demand on factors: one alternative must be met, each with all its elements."""

    name: str
    alternatives: tuple[tuple[Element, ...], ...]

    def held_until(self, held: FactorTimes) -> float:
        """Until when a session with these factors meets the level; -inf if a factor is missing."""
        return max(
            min(element.held_until(held) for element in alternative)
            for alternative in self.alternatives
        )

    def lacking(self, held: FactorTimes, now: float) -> tuple[Element, ...]:
        """The elements any one of which, proven now, brings the session furthest.

        They are the unmet elements of the alternatives that lack the fewest.
        """
        unmet = [
            [element for element in alternative if element.held_until(held) <= now]
            for alternative in self.alternatives
        ]
        fewest = min(map(len, unmet))
        return tuple(dict.fromkeys(e for lacks in unmet if len(lacks) == fewest for e in lacks))

    def aged_names(self) -> frozenset[str]:
        """The factors of which this level asks an age."""
        return frozenset(
            name
            for alternative in self.alternatives
            for element in alternative
            if element.max_age is not None
            for name in element.names
        )

    def names(self) -> frozenset[str]:
        """Every factor that this level could use."""
        return frozenset(
            name
            for alternative in self.alternatives
            for element in alternative
            for name in element.names
        )


def one_factor(max_age: float | None = None, *, impersonation: bool = False) -> Level:
    """The built-in level `one_factor`: any counted factor, of the given age in seconds.

    Args:
        max_age: seconds, None for any age.
        impersonation: whether somebody who acts as the user holds it, too.
    """
    names = factors.COUNTED | ({factors.IMPERSONATION} if impersonation else set())
    return Level("one_factor", ((Element(names, max_age),),))


def two_factor(max_age: float | None = None) -> Level:
    """The built-in level `two_factor`: counted factors of two categories.

    With an age (seconds) a phone or device factor must be that fresh; the factor of the other
    category may be older.
    """
    account, phone, device = (
        Element(names) for names in (factors.ACCOUNT, factors.PHONE, factors.DEVICE)
    )
    fresh_phone, fresh_device = Element(phone.names, max_age), Element(device.names, max_age)
    alternatives = (
        (account, fresh_phone),
        (account, fresh_device),
        (fresh_phone, device),
        (phone, fresh_device),
    )
    return Level("two_factor", alternatives)


def all_of(name: str, elements: Iterable[Element]) -> Level:
    """A named level that wants every element."""
    return Level(name, (tuple(elements),))


def any_of(name: str, elements: Iterable[Element]) -> Level:
    """A named level that wants one of the elements."""
    return Level(name, tuple((element,) for element in elements))


def with_max_age(level: Level, seconds: float) -> Level:
    """A named level under a rule's `max_age`.

    In each alternative the age applies to the elements that offer a phone or device factor, with
    all they offer, and to every element where none does.
    """
    possession = factors.PHONE | factors.DEVICE

    def aged(alternative: tuple[Element, ...]) -> tuple[Element, ...]:
        strong = {e for e in alternative if e.names & possession} or set(alternative)
        return tuple(e.with_max_age(seconds) if e in strong else e for e in alternative)

    return replace(level, alternatives=tuple(map(aged, level.alternatives)))
