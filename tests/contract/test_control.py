"""The control API: users, sessions and factors as no real flow would leave them."""

import pydantic
import pytest

from tests.contract.conftest import EMAIL, PASSWORD, PHONE
from tests.contract.support import Clock, Http, Json, Stytch

PASSWORD_FACTOR = {"type": "password", "delivery_method": "knowledge"}
SMS_FACTOR = {"type": "otp", "delivery_method": "sms"}


async def _session(http: Http, user: Json, *factors: Json, **more: object) -> Json:
    body = {"user_id": user["user_id"], "factors": list(factors), **more}
    return await http.control("POST", "/sessions", body)


async def test_the_emulator_says_what_it_is(http: Http) -> None:
    answer = await http.control("GET", "")
    assert answer["emulator"] is True
    assert answer["project_id"].startswith("project-test-")
    assert "secret" not in str(answer)
    assert "sessions.authenticate" in answer["endpoints"]


async def test_a_user_made_by_control_can_sign_in(sdk: Stytch, http: Http) -> None:
    body = {"email": EMAIL, "password": PASSWORD, "phone_number": PHONE, "roles": ["admin"]}
    user = (await http.control("POST", "/users", body))["user"]
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    assert answer.user_id == user["user_id"]
    assert answer.session is not None
    assert answer.session.roles == ["stytch_user", "admin"]
    assert answer.user.emails[0].verified
    assert answer.user.phone_numbers[0].verified


async def test_a_user_can_be_changed_under_a_live_session(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    session = await _session(http, ann, PASSWORD_FACTOR)
    change = {
        "roles": ["auditor"],
        "name": {"first_name": "Ann"},
        "password": "another password",
        "phone_verified": True,
    }
    changed = await http.control("PATCH", f"/users/{ann['user_id']}", change)
    assert changed["user"]["name"]["first_name"] == "Ann"
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=session["session_token"])
    assert answer.session.roles == ["stytch_user", "auditor"]
    await sdk.call(sdk.api.passwords.authenticate, email=EMAIL, password="another password")


async def test_a_phone_can_be_left_unverified(http: Http) -> None:
    body = {"phone_number": PHONE, "phone_verified": False}
    user = (await http.control("POST", "/users", body))["user"]
    assert user["status"] == "pending"
    changed = await http.control("PATCH", f"/users/{user['user_id']}", {"phone_verified": True})
    assert changed["user"]["status"] == "active"
    assert user["user_id"] in str(await http.control("GET", "/users"))


async def test_a_session_can_be_made_up_with_factors_of_any_age(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    phone = {"phone_number_factor": {"phone_id": "p", "phone_number": PHONE}}
    made = await _session(
        http,
        ann,
        {**PASSWORD_FACTOR, "age_seconds": 3600},
        {**SMS_FACTOR, "age_seconds": None, "details": phone},
        session_duration_minutes=1,
        custom_claims={"plan": "paid"},
    )
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=made["session_token"])
    password, sms = answer.session.authentication_factors
    assert password.last_authenticated_at is not None
    assert answer.session.started_at is not None
    age = answer.session.started_at - password.last_authenticated_at
    assert 3599 <= age.total_seconds() <= 3601
    assert sms.last_authenticated_at is None
    assert sms.phone_number_factor is not None
    assert answer.session.custom_claims == {"plan": "paid"}


async def test_an_impersonated_factor_can_be_injected(sdk: Stytch, http: Http, ann: Json) -> None:
    session = await _session(http, ann)
    admin = {"impersonator_id": "member-1", "impersonator_email_address": "root@example.com"}
    factor = {
        "type": "impersonated",
        "delivery_method": "impersonation",
        "details": {"impersonated_factor": admin},
    }
    await http.control("POST", "/factors", {"user_id": ann["user_id"], "factor": factor})
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=session["session_token"])
    [found] = answer.session.authentication_factors
    assert found.impersonated_factor is not None
    assert found.impersonated_factor.impersonator_id == "member-1"


async def test_a_factor_stytchs_sdk_has_never_heard_of_can_be_injected(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    session = await _session(http, ann, PASSWORD_FACTOR)
    factor = {"type": "telepathy", "delivery_method": "brain_wave"}
    which = {"session_token": session["session_token"]}
    injected = await http.control("POST", "/factors", {**which, "factor": factor})
    assert len(injected["sessions"][0]["authentication_factors"]) == 2
    with pytest.raises(pydantic.ValidationError):
        await sdk.call(sdk.api.sessions.authenticate, **which)


async def test_a_factor_can_be_proven_in_the_manner_of_the_guide(
    sdk: Stytch, http: Http, ann: Json, clock: Clock
) -> None:
    first = await _session(http, ann, PASSWORD_FACTOR)
    passkey = {
        "type": "webauthn",
        "delivery_method": "webauthn_registration",
        "details": {"webauthn_factor": {"webauthn_registration_id": "w", "domain": "d"}},
    }
    second = await http.control(
        "POST", "/factors/prove", {"user_id": ann["user_id"], "factor": passkey}
    )
    assert second["session_token"] != first["session_token"]
    assert second["session"]["session_id"] != first["session"]["session_id"]
    clock.offset += 1
    assert await sdk.refusal(
        sdk.api.sessions.authenticate, session_token=first["session_token"]
    ) == (404, "session_not_found")
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=second["session_token"])
    assert [factor.type.value for factor in answer.session.authentication_factors] == [
        "password",
        "webauthn",
    ]


async def test_a_factor_is_proven_in_one_session(http: Http, ann: Json) -> None:
    for _ in range(2):
        await _session(http, ann, PASSWORD_FACTOR)
    body = {"user_id": ann["user_id"], "factor": SMS_FACTOR}
    status, answer = await http.ask("POST", "/_emulator/factors/prove", body)
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert "session_id" in answer["error_message"]


async def test_a_change_that_is_refused_changes_nothing(http: Http, ann: Json) -> None:
    path = f"/_emulator/users/{ann['user_id']}"
    change = {"password": "short", "roles": ["admin"]}
    status, answer = await http.ask("PATCH", path, change)
    assert (status, answer["error_type"]) == (400, "weak_password")
    users = (await http.control("GET", "/users"))["users"]
    assert users[1]["roles"] == ["stytch_user"]


async def test_factors_age_in_one_session_or_in_all_of_a_user(http: Http, ann: Json) -> None:
    one = await _session(http, ann, PASSWORD_FACTOR, SMS_FACTOR)
    two = await _session(http, ann, PASSWORD_FACTOR)
    by = {**PASSWORD_FACTOR, "seconds": 60}
    by_id = {**by, "session_id": one["session"]["session_id"]}
    assert (await http.control("POST", "/factors/age", by_id))["aged"] == 1
    by_user = {**by, "user_id": ann["user_id"]}
    assert (await http.control("POST", "/factors/age", by_user))["aged"] == 2
    listed = await http.control("GET", f"/sessions?user_id={ann['user_id']}")
    assert [session["session_token"] for session in listed["sessions"]] == [
        one["session_token"],
        two["session_token"],
    ]


async def test_ageing_by_a_negative_time_leads_into_the_future(http: Http, ann: Json) -> None:
    session = await _session(http, ann, PASSWORD_FACTOR)
    before = session["session"]["authentication_factors"][0]["last_authenticated_at"]
    body = {**PASSWORD_FACTOR, "user_id": ann["user_id"], "seconds": -3600}
    [aged] = (await http.control("POST", "/factors/age", body))["sessions"]
    assert aged["authentication_factors"][0]["last_authenticated_at"] > before


async def test_a_factor_without_a_time_has_none_however_it_is_aged(http: Http, ann: Json) -> None:
    await _session(http, ann, {**PASSWORD_FACTOR, "age_seconds": None})
    body = {**PASSWORD_FACTOR, "user_id": ann["user_id"], "seconds": 60}
    [aged] = (await http.control("POST", "/factors/age", body))["sessions"]
    assert "last_authenticated_at" not in aged["authentication_factors"][0]


@pytest.mark.parametrize("path", ["/sessions/expire", "/sessions/revoke"])
async def test_a_session_can_be_ended_by_control(
    sdk: Stytch, http: Http, ann: Json, path: str
) -> None:
    session = await _session(http, ann, PASSWORD_FACTOR)
    ended = await http.control("POST", path, {"user_id": ann["user_id"]})
    assert [one["session_token"] for one in ended["sessions"]] == [session["session_token"]]
    assert await sdk.refusal(
        sdk.api.sessions.authenticate, session_token=session["session_token"]
    ) == (404, "session_not_found")
    status, answer = await http.ask("POST", f"/_emulator{path}", {"user_id": ann["user_id"]})
    assert (status, answer["error_type"]) == (404, "session_not_found")


async def test_a_factor_a_session_does_not_hold_cannot_age(http: Http, ann: Json) -> None:
    await _session(http, ann, PASSWORD_FACTOR)
    body = {**SMS_FACTOR, "user_id": ann["user_id"], "seconds": 60}
    status, answer = await http.ask("POST", "/_emulator/factors/age", body)
    assert (status, answer["error_type"]) == (404, "factor_not_found")


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", "/users", {}, "email"),
        ("POST", "/users", {"email": EMAIL, "passwort": PASSWORD}, "passwort"),
        ("POST", "/users", {"email": "nobody"}, "email"),
        ("POST", "/users", {"email": EMAIL, "password": "short"}, "password"),
        ("POST", "/users", {"email": EMAIL, "roles": "admin"}, "roles"),
        ("POST", "/users", {"phone_number": "123"}, "phone_number"),
        ("POST", "/users", {"email": EMAIL, "name": {"nick": "A"}}, "nick"),
        ("POST", "/factors/age", {**SMS_FACTOR, "seconds": 1}, "session_token"),
        ("POST", "/factors/age", {**SMS_FACTOR, "user_id": "u"}, "seconds"),
        ("POST", "/factors/age", {**SMS_FACTOR, "user_id": "u", "seconds": 1e12}, "seconds"),
        ("POST", "/sessions/revoke", {"user_id": "u", "session_id": "s"}, "session_id"),
        ("POST", "/sessions/expire", {"user_id": "u", "in_seconds": "x"}, "in_seconds"),
        ("POST", "/sessions/expire", {"user": "u"}, "user"),
        ("POST", "/sessions", {"user_id": "u"}, "factors"),
        ("POST", "/sessions", {"user_id": "u", "factors": [{"type": "otp"}]}, "factors"),
        ("POST", "/factors", {"user_id": "u"}, "factor"),
        ("POST", "/keys/rotate", {"keep_old": 1}, "keep_old"),
    ],
)
async def test_control_says_what_is_wrong_with_its_input(
    http: Http, method: str, path: str, body: Json, named: str
) -> None:
    status, answer = await http.ask(method, f"/_emulator{path}", body)
    assert status == 400
    assert named in answer["error_message"]


async def test_a_user_id_nobody_has_is_not_found(http: Http) -> None:
    status, answer = await http.ask("PATCH", "/_emulator/users/user-test-x", {})
    assert (status, answer["error_type"]) == (404, "user_not_found")


async def test_an_unknown_control_route_is_not_found(http: Http) -> None:
    status, answer = await http.ask("POST", "/_emulator/factor/age", {})
    assert (status, answer["error_type"]) == (404, "route_not_found")


async def test_an_address_is_taken_only_once(http: Http) -> None:
    await http.control("POST", "/users", {"email": EMAIL, "phone_number": PHONE})
    for body, error_type in [
        ({"email": EMAIL}, "duplicate_email"),
        ({"phone_number": PHONE}, "duplicate_phone_number"),
    ]:
        status, answer = await http.ask("POST", "/_emulator/users", body)
        assert (status, answer["error_type"]) == (400, error_type)
