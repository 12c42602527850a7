"""Faults to order: which calls shall fail, how, and how often."""

from dataclasses import asdict, dataclass, field
from typing import Literal

from authz_sidecar.emulator.errors import bad_request
from authz_sidecar.emulator.wire import Json

MAX_FAULTS = 100

FaultKind = Literal[
    "delay", "error", "html", "empty", "garbage", "truncate", "alter", "drop", "hang"
]
_GOES_ON: frozenset[FaultKind] = frozenset({"delay", "alter"})


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault in force.

    Attributes:
        fault_id: to clear it by.
        kind: `delay` answers later, `error` with Stytch's error JSON, `html` with a page as of a
            broken load balancer, `empty` with `{}`, `garbage` with what is no JSON, `truncate`
            with the first half of the answer, `alter` with an answer of other fields, `drop` cuts
            the connection, `hang` never answers.
        endpoint: a name, the first words of names, or a path's beginning; none = every endpoint.
        seconds: of a delay.
        status: HTTP status of `error` and `html`.
        error_type: Stytch's type of `error`.
        set_fields: of `alter`: new values by the field's path, as `session.roles`.
        drop_fields: of `alter`: paths of fields to leave out.
        times: how many calls it still meets; none = until it is cleared.
    """

    fault_id: int
    kind: FaultKind
    endpoint: str | None
    seconds: float
    status: int
    error_type: str
    times: int | None
    set_fields: Json = field(default_factory=dict)
    drop_fields: list[str] = field(default_factory=list)

    def json(self) -> Json:
        """Return the fault as the control API shows it."""
        return asdict(self)


class Faults:
    """The faults in force, at most `MAX_FAULTS`, in the order they were set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last_id = 0

    def all(self) -> list[Fault]:
        """Return the faults in force."""
        return list(self._faults)

    def next_id(self) -> int:
        """Return an id that no fault had before.

        Raises:
            ApiError: 400 `bad_request` if there are too many faults already.
        """
        if len(self._faults) >= MAX_FAULTS:
            raise bad_request(f"There are {MAX_FAULTS} faults already; clear some first.")
        self._last_id += 1
        return self._last_id

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append(fault)

    def clear(self, fault_id: int | None = None) -> int:
        """Clear one fault, or all of them, and return how many there were."""
        before = len(self._faults)
        self._faults = [
            fault for fault in self._faults if fault_id is not None and fault.fault_id != fault_id
        ]
        return before - len(self._faults)

    def meet(self, name: str, path: str) -> list[Fault]:
        """Return the faults a call meets, each used up by one.

        They come in the order they were set and end with the first that leaves nothing for
        another to change.

        Args:
            name: the endpoint's name.
            path: the path that was asked for.
        """
        met: list[Fault] = []
        for fault in self._faults:
            if not covers(fault.endpoint, name, path):
                continue
            met.append(fault)
            if fault.times is not None:
                fault.times -= 1
            if fault.kind not in _GOES_ON:
                break
        self._faults = [fault for fault in self._faults if fault.times != 0]
        return met


def covers(endpoint: str | None, name: str, path: str) -> bool:
    """Tell whether a fault set for `endpoint` concerns an endpoint of this name and path."""
    if endpoint is None:
        return True
    if endpoint.startswith("/"):
        return path.startswith(endpoint)
    return name == endpoint or name.startswith(f"{endpoint}.")
