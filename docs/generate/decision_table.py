"""docs/decision-table.md: the gates in order, and what each proxy is told."""

from authz_sidecar.core.decision import Decision, Flow, Hint
from authz_sidecar.core.reasons import DECISION_TABLE, Outcome, Reason
from authz_sidecar.core.request import AccessRequest, Credentials
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from docs.generate.markdown import NOTE, table


def page() -> str:
    """The page."""

    def gate(reason: Reason) -> str:
        return str(DECISION_TABLE[reason].gate or "any")

    rows = [
        (gate(reason), f"`{reason}`", row.outcome.value, row.meaning, *_statuses(reason))
        for reason, row in DECISION_TABLE.items()
    ]
    return f"""# The decision table

{NOTE}
A request passes these gates in order, and the first that fails decides. The reason is in the
header `X-Authz-Reason`, in the decision log, and a label of `authz_decisions_total`; the decision
is in `X-Authz-Decision`. The last columns are the status that each dialect answers: for a browser
that loads a page, and for anything else.

{table(("gate", "reason", "decision", "when", *_status_heads()), rows)}
Before one of the gates 9 to 14 refuses on evidence that is older than the request, Stytch is asked
once more, and the gates are passed again.
"""


def _status_heads() -> list[str]:
    return [f"{name}: {kind}" for name in DIALECTS for kind in ("page", "other")]


def _statuses(reason: Reason) -> list[str]:
    hint = Hint(Flow.LOGIN, "https://auth.example.com/login")
    decision = Decision(reason, hint=hint if reason.outcome is Outcome.CHALLENGE else None)
    return [
        str(make(DialectConfig("c")).write(decision, _asked(navigation=navigation)).status)
        for make in DIALECTS.values()
        for navigation in (True, False)
    ]


def _asked(*, navigation: bool) -> AccessRequest:
    host = "shop.example.com"
    return AccessRequest("GET", "https", host, host, "/", Credentials(), navigation)
