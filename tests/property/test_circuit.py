"""The circuit against a model: what calls may go, whatever happens in whatever order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from authz_sidecar.sessions.circuit import (
    FAILURES,
    FIRST_PAUSE,
    MAX_PAUSE,
    MAX_RETRY_AFTER,
    Circuit,
    State,
)


class CircuitMachine(RuleBasedStateMachine):
    """Calls go and end; the model keeps only what the documentation speaks of."""

    @initialize()
    def start(self) -> None:
        self.circuit = Circuit(lambda: 1.0)
        self.now = 0.0
        self.under_way = 0
        self.in_a_row = 0
        self.pause = FIRST_PAUSE
        self.open_until: float | None = None
        self.probing = False

    @rule(seconds=st.sampled_from([0.0, 0.1, 1.0, 5.0, 31.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_call_wants_to_go(self) -> None:
        is_open = self.open_until is not None
        due = self.open_until is not None and self.now >= self.open_until and not self.probing
        assert self.circuit.allows(self.now) == (not is_open or due)
        if not is_open or due:
            self.under_way += 1
            self.probing = due

    @precondition(lambda self: self.under_way)
    @rule()
    def a_call_is_answered(self) -> None:
        self.circuit.succeeded()
        self.under_way -= 1
        self.in_a_row, self.pause = 0, FIRST_PAUSE
        self.open_until, self.probing = None, False

    @precondition(lambda self: self.under_way)
    @rule(retry_after=st.none() | st.sampled_from([0.0, 2.0, 9999.0]))
    def a_call_fails(self, retry_after: float | None) -> None:
        self.circuit.failed(self.now, retry_after)
        self.under_way -= 1
        self.in_a_row += 1
        if retry_after is not None:
            self.open_until = self.now + min(retry_after, MAX_RETRY_AFTER)
            self.probing = False
        elif self.probing:
            self.pause = min(2 * self.pause, MAX_PAUSE)
            self.open_until, self.probing = self.now + self.pause, False
        elif self.open_until is None and self.in_a_row >= FAILURES:
            self.open_until = self.now + self.pause

    @invariant()
    def the_state_is_told(self) -> None:
        if not hasattr(self, "circuit"):
            return
        state = self.circuit.state(self.now)
        assert (state is State.CLOSED) == (self.open_until is None)
        if self.open_until is not None:
            due = self.probing or self.now >= self.open_until
            assert (state is State.HALF_OPEN) == due


TestCircuit = CircuitMachine.TestCase
TestCircuit.settings = settings(stateful_step_count=40)
