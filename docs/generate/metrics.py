"""docs/metrics.md: the metrics and their labels."""

from authz_sidecar.core.policy import Policy
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.sessions.stytch_api import ENDPOINTS
from authz_sidecar.telemetry.metrics import Metrics
from docs.generate.markdown import NOTE, table


def page() -> str:
    """The page."""
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
