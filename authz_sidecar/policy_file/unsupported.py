"""Keys and words of the policy language that this version refuses.

A policy written for a later version is told so, instead of "unknown key". Refusing is the safe
side: a criterion that is read over would open what it was written to close.
"""

POLICY = frozenset({"invariants", "networks"})
DEFAULTS = frozenset({"on_unavailable"})
VERIFIED_WITHIN = frozenset({"jwt"})
UPSTREAM = frozenset(
    {"allow_encoded_slash", "allow_path_parameters", "bearer", "ignore_case", "origin"}
)
RULE = frozenset({"mode", "response"})
MATCH = frozenset({"cors_preflight", "networks"})
REQUIRE = frozenset(
    {
        "allow_impersonation",
        "any_of",
        "claims",
        "emails",
        "factors",
        "networks",
        "on_unavailable",
        "organizations",
        "users",
    }
)
ACCESS = frozenset({"optional"})
"""Words, not keys."""
