"""What a policy file becomes: the exact values of the core."""

from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path

import pytest

from authz_sidecar.core.demands import Claim, ClaimValue, Demand, Emails, Roles
from authz_sidecar.core.levels import Element, Level, one_factor, two_factor
from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import (
    Access,
    Freshness,
    Match,
    OptionalAccess,
    Policy,
    Requirement,
    Response,
    Rule,
    Upstream,
)
from authz_sidecar.core.request_target import PathRules
from authz_sidecar.policy_file import load_policy

SHIPPED = Path(__file__).parents[3] / "config" / "policy.yaml"


def compiled(text: str) -> Policy:
    """A policy without problems."""
    policy = load_policy(text.encode(), "policy.yaml")
    assert isinstance(policy, Policy), policy
    return policy


OFFICE = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))


def with_rule(rule: str, *, levels: str = "{}", defaults: str = "{}") -> Rule:
    """The only rule of a policy, from its YAML in flow style."""
    policy = compiled(
        "version: 1\n"
        "login_url: https://auth.example.com/login\n"
        "networks: {office: [192.0.2.0/24, '2001:db8::/32'], vpn: [198.51.100.7]}\n"
        f"levels: {levels}\n"
        f"defaults: {defaults}\n"
        f"upstreams: [{{id: shop, hosts: [shop.example.com], rules: [{rule}]}}]\n"
    )
    return policy.upstreams[0].rules[0]


def requirement(require: str, *, levels: str = "{}", defaults: str = "{}") -> Requirement:
    """What a rule requires, from its YAML in flow style."""
    rule = with_rule(f"{{id: r, require: {require}}}", levels=levels, defaults=defaults)
    assert isinstance(rule.verdict, Requirement)
    return rule.verdict


def demand(require: str, *, levels: str = "{}") -> Demand:
    """The only way to meet what a rule requires."""
    (only,) = requirement(require, levels=levels).alternatives
    return only


def test_the_shipped_policy_is_good_and_says_what_its_comments_say() -> None:
    policy = load_policy(SHIPPED.read_bytes(), "policy.yaml")
    password = Element(frozenset({"password"}))
    second = Element(frozenset({"sms_otp", "totp", "passkey"}), 300.0)
    payments = Level("payments", ((password, second),))
    assert policy == Policy(
        sha256(SHIPPED.read_bytes()).hexdigest()[:12],
        (
            Upstream(
                id="shop",
                hosts=(HostPattern("shop.example.com"),),
                rules=(
                    Rule(
                        "health",
                        Match((PathPattern("/healthz"),), frozenset({"GET", "HEAD"})),
                        Access.PUBLIC,
                    ),
                    Rule("internal", Match((PathPattern("/internal/**"),)), Access.DENY),
                    Rule(
                        "payments",
                        Match((PathPattern("/payments/**"),)),
                        Requirement((Demand(payments),), Freshness(0.0, 0.0)),
                    ),
                    Rule(
                        "admin",
                        Match((PathPattern("/admin/**"),)),
                        Requirement(
                            (Demand(two_factor(600.0), roles=Roles(frozenset({"admin"}))),),
                            Freshness(30.0, 30.0),
                        ),
                    ),
                    Rule(
                        "rest", Match(), Requirement((Demand(one_factor()),), Freshness(30.0, 30.0))
                    ),
                ),
                login_url="https://auth.example.com/login",
                step_up_url="https://auth.example.com/step-up",
            ),
        ),
    )


def test_the_revision_follows_every_byte() -> None:
    data = SHIPPED.read_bytes()
    one, other = load_policy(data, "policy.yaml"), load_policy(data + b"#\n", "policy.yaml")
    assert isinstance(one, Policy)
    assert isinstance(other, Policy)
    assert one.revision != other.revision
    assert len(one.revision) == 12


@pytest.mark.parametrize(
    ("written", "methods"),
    [
        ("[GET]", {"GET", "HEAD"}),
        ("[HEAD]", {"HEAD"}),
        ("[POST, PUT]", {"POST", "PUT"}),
        ("[PURGE, report]", {"PURGE", "report"}),
    ],
)
def test_get_covers_head_and_nothing_else_is_added(written: str, methods: set[str]) -> None:
    rule = with_rule(f"{{id: r, match: {{methods: {written}}}, access: deny}}")
    assert rule.match == Match((), frozenset(methods))


@pytest.mark.parametrize(
    ("require", "level"),
    [
        ("one_factor", one_factor()),
        ("two_factor", two_factor()),
        ("{level: one_factor, max_age: 5s}", one_factor(5.0)),
        ("{level: two_factor, max_age: 1h}", two_factor(3600.0)),
    ],
)
def test_built_in_levels_take_the_age_of_the_rule(require: str, level: Level) -> None:
    assert demand(require).level == level


@pytest.mark.parametrize(
    ("level", "alternatives"),
    [
        ("{all_of: [totp]}", ((Element(frozenset({"totp"})),),)),
        (
            "{all_of: [password, {factor: totp, max_age: 5s}]}",
            ((Element(frozenset({"password"})), Element(frozenset({"totp"}), 5.0)),),
        ),
        (
            "{any_of: [passkey, {any_of: [totp, sms_otp], max_age: 1d}]}",
            (
                (Element(frozenset({"passkey"})),),
                (Element(frozenset({"totp", "sms_otp"}), 86_400.0),),
            ),
        ),
        (
            "{all_of: [password, email_otp], accept_insecure_combination: true}",
            ((Element(frozenset({"password"})), Element(frozenset({"email_otp"}))),),
        ),
        (
            "{any_of: [password], accept_insecure_combination: false}",
            ((Element(frozenset({"password"})),),),
        ),
    ],
)
def test_a_named_level_becomes_its_alternatives(
    level: str, alternatives: tuple[tuple[Element, ...], ...]
) -> None:
    assert demand("a", levels=f"{{a: {level}}}").level == Level("a", alternatives)


def test_the_age_of_a_rule_narrows_a_named_level() -> None:
    levels = "{a: {all_of: [password, {factor: totp, max_age: 1h}]}}"
    level = demand("{level: a, max_age: 5m}", levels=levels).level
    assert level.alternatives == (
        (Element(frozenset({"password"})), Element(frozenset({"totp"}), 300.0)),
    )


@pytest.mark.parametrize(
    ("require", "defaults", "freshness"),
    [
        ("one_factor", "{}", Freshness(30.0, 300.0)),
        ("one_factor", "{verified_within: 2m}", Freshness(120.0, 120.0)),
        ("one_factor", "{verified_within: {token: 0s}}", Freshness(0.0, 300.0)),
        ("one_factor", "{verified_within: {token: 1m, jwt: 2m}}", Freshness(60.0, 120.0)),
        ("one_factor", "{verified_within: {}}", Freshness(30.0, 300.0)),
        ("{level: one_factor, verified_within: 0s}", "{}", Freshness(0.0, 0.0)),
        (
            "{level: one_factor, verified_within: 250ms}",
            "{verified_within: 2m}",
            Freshness(0.25, 0.25),
        ),
    ],
)
def test_the_rule_says_how_old_evidence_may_be_else_the_defaults(
    require: str, defaults: str, freshness: Freshness
) -> None:
    assert requirement(require, defaults=defaults).freshness == freshness


@pytest.mark.parametrize(
    ("written", "roles"),
    [
        ("[admin, owner]", Roles(frozenset({"admin", "owner"}))),
        ("{all_of: [admin, owner]}", Roles(frozenset({"admin", "owner"}), every=True)),
        ("[no]", Roles(frozenset({"no"}))),
    ],
)
def test_roles_are_any_of_a_list_or_all_of_it(written: str, roles: Roles) -> None:
    assert demand(f"{{level: one_factor, roles: {written}}}").roles == roles


@pytest.mark.parametrize(
    ("top", "own", "pages"),
    [
        ({}, {}, ("", "")),
        ({"login": "a"}, {}, ("a", "a")),
        ({"login": "a", "step_up": "b"}, {}, ("a", "b")),
        ({"login": "a"}, {"step_up": "b"}, ("a", "b")),
        ({"login": "a"}, {"login": "b"}, ("b", "b")),
        ({"login": "a", "step_up": "b"}, {"login": "c"}, ("c", "b")),
        ({"login": "a", "step_up": "b"}, {"login": "c", "step_up": "d"}, ("c", "d")),
    ],
)
def test_an_upstream_has_its_own_pages_else_those_of_the_file(
    top: dict[str, str], own: dict[str, str], pages: tuple[str, str]
) -> None:
    def written(urls: dict[str, str], indent: str) -> str:
        return "".join(f"{indent}{key}_url: https://{host}.test/\n" for key, host in urls.items())

    policy = compiled(
        "version: 1\n"
        + written(top, "")
        + "upstreams:\n  - id: shop\n"
        + written(own, "    ")
        + "    hosts: [shop.example.com]\n    rules: [{id: r, access: public}]\n"
    )
    upstream = policy.upstreams[0]
    expected = tuple(page and f"https://{page}.test/" for page in pages)
    assert (upstream.login_url, upstream.step_up_url) == expected


@pytest.mark.parametrize(
    ("written", "networks"),
    [
        ("[office]", OFFICE),
        ("[203.0.113.9]", (ip_network("203.0.113.9/32"),)),
        ("['2001:db8:1::/48', '::1']", (ip_network("2001:db8:1::/48"), ip_network("::1/128"))),
        ("[vpn, office]", (ip_network("198.51.100.7/32"), *OFFICE)),
        ("[192.0.2.0/24, office]", OFFICE),
    ],
)
def test_networks_are_names_or_networks_and_a_bare_address_is_one_host(
    written: str, networks: tuple[object, ...]
) -> None:
    rule = with_rule(f"{{id: r, match: {{networks: {written}}}, access: deny}}")
    assert rule.match == Match(networks=networks)  # type: ignore[arg-type] # of either version
    assert demand(f"{{level: one_factor, networks: {written}}}").networks == networks


def test_a_rule_selects_preflights() -> None:
    rule = with_rule("{id: r, match: {cors_preflight: true}, access: public}")
    assert rule == Rule("r", Match(cors_preflight=True), Access.PUBLIC)


@pytest.mark.parametrize(
    ("defaults", "freshness"),
    [("{}", Freshness(30.0, 300.0)), ("{verified_within: 1m}", Freshness(60.0, 60.0))],
)
def test_optional_access_takes_evidence_as_old_as_the_defaults_say(
    defaults: str, freshness: Freshness
) -> None:
    rule = with_rule("{id: r, access: optional}", defaults=defaults)
    assert rule.verdict == OptionalAccess(freshness)


@pytest.mark.parametrize("response", Response)
def test_a_rule_says_whom_its_answers_are_for(response: Response) -> None:
    rule = with_rule(f"{{id: r, response: {response}, access: deny}}")
    assert rule.response is response


def test_everything_that_is_demanded_at_once() -> None:
    wanted = demand(
        "{level: two_factor, max_age: 5m, networks: [office], organizations: [acme],"
        " users: [user-1, user-2], roles: [admin], emails: [Ann@Example.com, '*@Example.org'],"
        " claims: {plan: gold}}"
    )
    assert wanted == Demand(
        two_factor(300.0),
        OFFICE,
        frozenset({"acme"}),
        frozenset({"user-1", "user-2"}),
        Roles(frozenset({"admin"})),
        Emails(frozenset({"ann@example.com"}), frozenset({"example.org"})),
        (Claim("plan", ("gold",)),),
    )


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("gold", ("gold",)),
        ("[gold, silver]", ("gold", "silver")),
        ("true", (True,)),
        ("false", (False,)),
        ("'true'", ("true",)),
        ("3", (3,)),
        ("-3", (-3,)),
        ("0", (0,)),
        ("2.50", (2.5,)),
        ("123456789012345", (123456789012345,)),
        ("'3'", ("3",)),
        ("[\"007\", 'no', 'null']", ("007", "no", "null")),
        ("1.2.3", ("1.2.3",)),
        ("2027-01-15", ("2027-01-15",)),
        ("[1, '1', true]", (1, "1", True)),
    ],
)
def test_a_claim_is_what_its_spelling_says(written: str, values: tuple[ClaimValue, ...]) -> None:
    (claim,) = demand(f"{{level: one_factor, claims: {{plan: {written}}}}}").claims
    assert claim == Claim("plan", values)
    assert list(map(type, claim.values)) == list(map(type, values))


def test_a_level_may_be_written_where_it_is_needed_and_is_called_as_its_rule() -> None:
    assert demand("{factors: {all_of: [password, totp]}, max_age: 1m}").level == Level(
        "r", ((Element(frozenset({"password"})), Element(frozenset({"totp"}), 60.0)),)
    )


def test_alternatives_share_the_age_of_evidence_and_who_may_impersonate() -> None:
    wanted = requirement(
        "{any_of: [{roles: [staff], level: one_factor}, two_factor, {factors: {any_of: [sso]}}],"
        " verified_within: 1s, allow_impersonation: true}"
    )
    assert wanted == Requirement(
        (
            Demand(one_factor(impersonation=True), roles=Roles(frozenset({"staff"}))),
            Demand(two_factor()),
            Demand(Level("r", ((Element(frozenset({"sso"})),),))),
        ),
        Freshness(1.0, 1.0),
        allow_impersonation=True,
    )


def test_impersonation_counts_only_where_it_is_allowed() -> None:
    allowed = requirement("{level: one_factor, max_age: 5m, allow_impersonation: true}")
    level = one_factor(300.0, impersonation=True)
    assert allowed == Requirement((Demand(level),), Freshness(), allow_impersonation=True)
    assert requirement("{level: one_factor, allow_impersonation: false}") == Requirement(
        (Demand(one_factor()),), Freshness()
    )


def test_an_upstream_says_how_its_requests_are_read_and_where_its_visitors_return() -> None:
    policy = compiled(
        "version: 1\n"
        "upstreams:\n"
        "  - id: shop\n"
        "    hosts: ['*.example.com']\n"
        "    origin: https://shop.example.com:8443\n"
        "    bearer: true\n"
        "    allow_path_parameters: true\n"
        "    allow_encoded_slash: true\n"
        "    ignore_case: true\n"
        "    rules: [{id: a, match: {paths: [/A/**]}, access: public}]\n"
    )
    assert policy.upstreams[0] == Upstream(
        "shop",
        (HostPattern("*.example.com"),),
        (Rule("a", Match((PathPattern("/A/**", ignore_case=True),)), Access.PUBLIC),),
        "",
        "",
        "https://shop.example.com:8443",
        bearer=True,
        path_rules=PathRules(allow_path_parameters=True, allow_encoded_slash=True),
    )


def test_each_reading_is_allowed_by_its_own_key() -> None:
    rules = "rules: [{id: a, access: deny}]"
    text = f"version: 1\nupstreams: [{{id: a, hosts: [a.test], KEY: true, {rules}}}]"
    upstream = compiled(text.replace("KEY", "allow_encoded_slash")).upstreams[0]
    assert upstream.path_rules == PathRules(allow_encoded_slash=True)
    upstream = compiled(text.replace("KEY", "allow_path_parameters")).upstreams[0]
    assert upstream.path_rules == PathRules(allow_path_parameters=True)


@pytest.mark.parametrize(
    ("require", "defaults", "seconds"),
    [
        ("one_factor", "{}", 0.0),
        ("one_factor", "{on_unavailable: deny}", 0.0),
        ("one_factor", "{on_unavailable: {allow_known_for: 2m}}", 120.0),
        (
            "{level: one_factor, on_unavailable: deny}",
            "{on_unavailable: {allow_known_for: 2m}}",
            0.0,
        ),
        ("{level: one_factor, on_unavailable: {allow_known_for: 1m}}", "{}", 60.0),
    ],
)
def test_the_rule_says_how_long_what_is_known_may_serve_an_outage_else_the_defaults(
    require: str, defaults: str, seconds: float
) -> None:
    assert requirement(require, defaults=defaults).allow_known_for == seconds
