"""Hypothesis strategies for the values of the core."""

from ipaddress import ip_address, ip_network

from hypothesis import strategies as st

from authz_sidecar.core import levels
from authz_sidecar.core.demands import Claim, Demand, Emails, Roles
from authz_sidecar.core.factors import NAMES
from authz_sidecar.core.levels import Element, Level
from authz_sidecar.core.policy import Freshness, Requirement
from authz_sidecar.core.session import Absent, Active, Invalid, Session, Source, Unverifiable

NOW = 1_800_000_000.0

ages = st.sampled_from([5.0, 60.0, 300.0, 3600.0])
names = st.sampled_from(sorted(NAMES))
elements = st.builds(Element, st.frozensets(names, min_size=1, max_size=3), st.none() | ages)
named_levels: st.SearchStrategy[Level] = st.one_of(
    st.lists(elements, min_size=1, max_size=3).map(lambda each: levels.all_of("named", each)),
    st.lists(elements, min_size=1, max_size=3).map(lambda each: levels.any_of("named", each)),
)
any_level: st.SearchStrategy[Level] = st.one_of(
    (st.none() | ages).map(levels.one_factor),
    (st.none() | ages).map(levels.two_factor),
    named_levels,
    st.builds(levels.with_max_age, named_levels, ages),
)
role_names = st.frozensets(st.sampled_from(["admin", "owner", "user"]), max_size=3)
networks = st.sampled_from([(), (ip_network("192.0.2.0/24"),), (ip_network("2001:db8::/32"),)])
client_ips = st.sampled_from(
    [None, ip_address("192.0.2.7"), ip_address("198.51.100.7"), ip_address("2001:db8::7")]
)
some_users = st.sampled_from([frozenset[str](), frozenset({"user-1"}), frozenset({"user-2"})])
some_emails = st.none() | st.builds(
    Emails,
    st.frozensets(st.sampled_from(["ann@example.com", "bob@example.com"]), max_size=1),
    st.frozensets(st.sampled_from(["example.com", "other.test"]), min_size=1, max_size=1),
)
some_claims = st.lists(
    st.builds(Claim, st.sampled_from(["plan", "beta"]), st.sampled_from([("gold",), (True, 1)])),
    max_size=1,
).map(tuple)
demands = st.builds(
    Demand,
    any_level,
    networks,
    st.sampled_from([frozenset[str](), frozenset[str](), frozenset({"acme"})]),
    some_users,
    st.none() | st.builds(Roles, role_names.filter(bool), st.booleans()),
    some_emails,
    some_claims,
)
freshness = st.sampled_from([Freshness(0.0, 0.0), Freshness(), Freshness(300.0, 60.0)])
requirements = st.builds(
    Requirement,
    st.lists(demands, min_size=1, max_size=3).map(tuple),
    freshness,
    st.booleans(),
    st.sampled_from([0.0, 120.0]),
)

times = st.none() | st.integers(-120, 4000).map(lambda age: NOW - age)
factor_times = st.dictionaries(
    st.sampled_from([*sorted(NAMES), "unknown", "impersonation"]), times, max_size=5
)
sessions = st.builds(
    Session,
    st.just("session-1"),
    st.just("user-1"),
    st.integers(-60, 4000).map(lambda left: NOW + left),
    factor_times,
    role_names,
    st.sampled_from([(), ("ann@example.com",), ("Bob@Example.com", "x@other.test")]),
    st.sampled_from([frozenset[str](), frozenset({"org-1", "acme"})]),
    st.sampled_from([{}, {"plan": "gold"}, {"plan": ["gold", 1], "beta": True}]),
)
active = st.builds(
    Active,
    sessions,
    st.sampled_from([Source.STYTCH, Source.CACHE, Source.JWT]),
    st.integers(0, 400).map(lambda age: NOW - age),
)


@st.composite
def allowed(draw: st.DrawFn) -> tuple[Requirement, Active]:
    """A requirement, and evidence that meets it: sometimes just so."""
    level = draw(any_level)
    requirement = Requirement((Demand(level),), draw(freshness))
    alternative = draw(st.sampled_from(level.alternatives))
    held = {
        draw(st.sampled_from(sorted(element.names))): NOW
        - draw(st.integers(0, int(element.max_age or 4000) - 1))
        for element in sorted(alternative, key=lambda each: each.max_age or 4000, reverse=True)
    }
    facts = Session(
        "session-1",
        "user-1",
        NOW + draw(st.integers(1, 4000)),
        held,
        frozenset({"admin", "owner", "user"}),
    )
    return requirement, Active(facts, Source.CACHE, NOW - draw(st.integers(0, 30)))


verifications = st.one_of(
    active,
    st.builds(Absent),
    st.builds(Invalid),
    st.builds(Unverifiable, last_known=st.none() | active),
)
