"""Reading Stytch's JSON: tolerant of the unknown, strict about what is needed."""

import copy
from typing import Any

import pytest

from authz_sidecar.core.session import Session
from authz_sidecar.sessions.facts import UnreadableSessionError, read_session

BODY: dict[str, Any] = {
    "status_code": 200,
    "request_id": "request-id-test-1",
    "session": {
        "session_id": "session-test-1",
        "user_id": "user-test-1",
        "expires_at": "2027-01-15T08:00:00Z",
        "authentication_factors": [
            {
                "type": "password",
                "delivery_method": "knowledge",
                "last_authenticated_at": "2027-01-15T07:00:00Z",
            },
            {
                "type": "otp",
                "delivery_method": "sms",
                "last_authenticated_at": "2027-01-15T07:30:00.123456789Z",
                "phone_number_factor": {"phone_id": "p", "phone_number": "+15555555555"},
            },
        ],
        "roles": ["stytch_user", "admin"],
    },
    "user": {
        "emails": [
            {"email": "old@example.com", "verified": False},
            {"email": "ann@example.com", "verified": True},
        ]
    },
}


def body_with(path: str, value: object) -> dict[str, Any]:
    """The body with one member replaced, by its dotted path; `...` removes it."""
    body = copy.deepcopy(BODY)
    *parents, last = path.split(".")
    target: Any = body
    for name in parents:
        target = target[name]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return body


def test_the_facts_of_a_session_are_read() -> None:
    assert read_session(BODY) == Session(
        session_id="session-test-1",
        user_id="user-test-1",
        expires_at=1_800_000_000.0,
        factors={"password": 1_799_996_400.0, "sms_otp": 1_799_998_200.123456},
        roles=frozenset({"stytch_user", "admin"}),
        emails=("ann@example.com",),
    )


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("session", ..., "session is missing"),
        ("session", None, "session is missing"),
        ("session", [], "session is missing"),
        ("session.session_id", ..., "session_id is"),
        ("session.session_id", "", "session_id is"),
        ("session.user_id", 7, "user_id is"),
        ("session.expires_at", ..., "session.expires_at"),
        ("session.expires_at", "soon", "session.expires_at"),
        ("session.expires_at", 1_800_000_000, "session.expires_at"),
        ("session.expires_at", "2027-01-15T08:00:00", "session.expires_at"),
        ("session.authentication_factors", ..., "authentication_factors is"),
        ("session.authentication_factors", None, "authentication_factors is"),
        ("session.authentication_factors", "none", "authentication_factors is"),
    ],
)
def test_without_what_is_needed_a_session_is_unreadable(
    path: str, value: object, message: str
) -> None:
    with pytest.raises(UnreadableSessionError, match=message):
        read_session(body_with(path, value))


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ([], {}),
        ([None, "otp", 7], {}),
        ([{}], {"unknown": None}),
        ([{"type": "mind_reading", "delivery_method": "telepathy"}], {"unknown": None}),
        ([{"type": ["otp"], "delivery_method": {"sms": 1}}], {"unknown": None}),
        ([{"type": "impersonated", "delivery_method": "impersonation"}], {"impersonation": None}),
        ([{"type": "otp", "delivery_method": "sms"}], {"sms_otp": None}),
    ],
)
def test_odd_factors_never_count(factors: object, expected: dict[str, float | None]) -> None:
    session = read_session(body_with("session.authentication_factors", factors))
    assert session.factors == expected


@pytest.mark.parametrize(
    ("times", "newest"),
    [
        (["2027-01-15T08:00:00Z", "2027-01-15T07:00:00Z"], 1_800_000_000.0),
        (["2027-01-15T07:00:00Z", "2027-01-15T08:00:00Z"], 1_800_000_000.0),
        (["2027-01-15T09:00:00+01:00", None], 1_800_000_000.0),
        ([None, "2027-01-15T08:00:00Z"], 1_800_000_000.0),
        (["yesterday", "2027-01-15T08:00:00"], None),
    ],
)
def test_the_newest_time_of_a_factor_counts(times: list[str | None], newest: float | None) -> None:
    factors = [
        {"type": "otp", "delivery_method": "sms", "last_authenticated_at": time} for time in times
    ]
    session = read_session(body_with("session.authentication_factors", factors))
    assert session.factors == {"sms_otp": newest}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("user", ...),
        ("user", []),
        ("user.emails", None),
        ("user.emails", ["ann@example.com", {"email": 7, "verified": True}]),
        ("user.emails", [{"email": "ann@example.com", "verified": "true"}]),
    ],
)
def test_only_verified_addresses_are_the_users(path: str, value: object) -> None:
    assert read_session(body_with(path, value)).emails == ()


@pytest.mark.parametrize("roles", [..., None, "admin", {"admin": True}, [7, None]])
def test_odd_roles_are_no_roles(roles: object) -> None:
    assert read_session(body_with("session.roles", roles)).roles == frozenset()
