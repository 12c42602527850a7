"""docs/factors.md: what a policy calls each of Stytch's factors."""

from authz_sidecar.core.factors import FACTOR_KINDS
from docs.generate.markdown import NOTE, table


def page() -> str:
    """The page."""
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
