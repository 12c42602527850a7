"""Writes the pages of docs/ that the code knows best; `--check` says which of them are stale."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from authz_sidecar.core.decision import Decision, Flow, Hint
from authz_sidecar.core.factors import FACTOR_KINDS
from authz_sidecar.core.policy import Policy
from authz_sidecar.core.reasons import DECISION_TABLE, Outcome, Reason
from authz_sidecar.core.request import AccessRequest, Credentials
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.identity import IDENTITY_HEADERS, PRESETS
from authz_sidecar.sessions.stytch_api import ENDPOINTS
from authz_sidecar.telemetry.metrics import Metrics

DOCS = Path(__file__).parent
NOTE = "<!-- Made by `make docs` from the code; edit that instead. -->\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell or '-' for cell in line)} |" for line in lines) + "\n"


def decision_table() -> str:
    """The gates in order, and what each proxy is told."""

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


def headers() -> str:
    """What each dialect reads of a request, and what an allow tells."""
    config = DialectConfig("stytch_session")
    made = [make(config) for make in DIALECTS.values()]
    names = dict.fromkeys(name for dialect in made for name in dialect.headers)
    rows = [
        (f"`{name}`", *("read" if name in dialect.headers else "" for dialect in made))
        for name in names
    ]
    told = [(f"`{name}`", "always") for name in IDENTITY_HEADERS] + [
        (f"`{name}`", f"preset `{preset}`, repeats `{ours}`")
        for preset, repeated in PRESETS.items()
        for name, ours in repeated.items()
    ]
    return f"""# Headers

{NOTE}
## Read of a request

Any other header changes nothing but the log's `request_id`, which is the proxy's `X-Request-ID`.
`client_ip.header` of the settings is read besides, where it is configured. The `X-Forwarded-*`
must each be there exactly once.

{table(("header", *(dialect.name for dialect in made)), rows)}
## Written on an allow

Each is on every allow, empty where nothing is known, so that a copy forged by the client is always
replaced. Values are printable ASCII; `%`, `,` and everything else are percent-encoded, and lists
are joined by commas.

{table(("header", "when"), told)}"""


def factors() -> str:
    """The factor table."""
    rows = [
        (
            f"`{kind.name}`",
            kind.category.value,
            f"`{kind.type}`",
            "any" if kind.delivery_method == "*" else f"`{kind.delivery_method}`",
            " ".join(f"`{value}`" for value in kind.amr),
        )
        for kind in FACTOR_KINDS
    ]
    heads = ("factor", "category", "Stytch's `type`", "`delivery_method`", "`amr` (RFC 8176)")
    return f"""# Factors

{NOTE}
What a policy calls each of Stytch's authentication factors. Both `type` and `delivery_method`
decide. The level `two_factor` wants factors of two different categories among account, phone and
device; a factor of the category "named only" counts where a level names it, and adds no category.
A factor that is not in this table never counts.

{table(heads, rows)}"""


def metrics() -> str:
    """The metrics and their labels."""
    made = Metrics("1", DIALECTS, ENDPOINTS)
    made.policy_loaded(Policy("r", ()))
    rows = []
    for family in made.registry.collect():
        suffix = "_total" if family.type == "counter" else ""
        labels = {name for sample in family.samples for name in sample.labels} - {"le"}
        listed = ", ".join(f"`{name}`" for name in sorted(labels))
        rows.append((f"`{family.name}{suffix}`", family.type, listed, family.documentation))
    return f"""# Metrics

{NOTE}
Served at `/metrics` of the admin listener. Labels come from the policy, the settings or closed
sets; never from a request. Every series that can be known is there from the start, at 0.

{table(("metric", "type", "labels", "what it counts or tells"), rows)}"""


PAGES = {
    "decision-table.md": decision_table,
    "factors.md": factors,
    "headers.md": headers,
    "metrics.md": metrics,
}


def main() -> int:
    """Write the pages, or with `--check` compare them; the exit code is 1 if one is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args().check
    stale = False
    for name, page in PAGES.items():
        path = DOCS / name
        if path.exists() and path.read_text() == page():
            continue
        stale = True
        if check:
            print(f"docs/{name} is stale: run `make docs`", file=sys.stderr)
        else:
            path.write_text(page())
            print(f"docs/{name} written")
    return int(stale and check)


if __name__ == "__main__":
    sys.exit(main())
