"""What keeps the emulator's memory from growing without end."""

from collections.abc import Callable
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")


class Bounded(Generic[ValueT]):
    """Values by key, at most so many of them; beyond that the oldest goes.

    Args:
        limit: how many are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[str, ValueT] = {}

    def put(self, key: str, value: ValueT) -> None:
        """Keep a value, instead of an earlier one of that key."""
        self._values.pop(key, None)
        if len(self._values) >= self._limit:
            del self._values[next(iter(self._values))]
        self._values[key] = value

    def get(self, key: str) -> ValueT | None:
        """Return the value of a key, if it is still kept."""
        return self._values.get(key)

    def forget(self, unwanted: Callable[[ValueT], bool]) -> None:
        """Forget every value that is unwanted."""
        self._values = {key: value for key, value in self._values.items() if not unwanted(value)}
