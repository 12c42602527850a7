"""Keys of the policy language that are refused with a sentence of their own.

Some are of a later version: a policy written for it is told so, instead of "unknown key". Refusing
is the safe side, since a criterion that is read over would open what it was written to close. The
others are at home elsewhere in the file, or are not in the language on purpose.
"""

from authz_sidecar.located_yaml import NOT_YET

_IN_MATCH = "a rule selects by this under `match`; write it there"
_IN_REQUIRE = "a rule demands this under `require`; write it there"
_WHO_ASKS = (
    "who asks does not select a rule, since all others would fall to a weaker one;"
    " write it under `require`"
)
_BESIDE = "write this beside `any_of`; it holds for every alternative"
_DEMANDS = (
    "allow_impersonation",
    "claims",
    "emails",
    "factors",
    "level",
    "max_age",
    "organizations",
    "roles",
    "users",
    "verified_within",
)
_LATER_DEMANDS = dict.fromkeys(("permission", "scopes"), NOT_YET)

POLICY = dict.fromkeys(("invariants",), NOT_YET)
RULE = (
    dict.fromkeys(("mode",), NOT_YET)
    | dict.fromkeys(("cors_preflight", "methods", "paths"), _IN_MATCH)
    | dict.fromkeys(_DEMANDS, _IN_REQUIRE)
    | {"networks": "a rule selects by this under `match` and demands it under `require`"}
)
MATCH = dict.fromkeys(_DEMANDS, _WHO_ASKS) | {
    "hosts": "hosts choose the upstream; write an upstream of its own for them",
    "query": "the query takes no part in matching; remove it",
}
REQUIRE = _LATER_DEMANDS
ALTERNATIVE = (
    dict.fromkeys(("allow_impersonation", "on_unavailable", "verified_within"), _BESIDE)
    | _LATER_DEMANDS
    | {"any_of": "alternatives are one level deep; list them all in the outer `any_of`"}
)
