"""The guide "MFA backend integration", step by step, as its reader would write it."""

import pytest
from stytch.consumer.models.otp import AuthenticateResponse

from tests.contract.conftest import EMAIL, PASSWORD, PHONE
from tests.contract.support import Clock, Http, Json, Stytch

pytestmark = pytest.mark.usefixtures("ann")


async def _password(sdk: Stytch) -> str:
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=120,
    )
    return answer.session_token


async def _sms(sdk: Stytch, http: Http, session_token: str) -> AuthenticateResponse:
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE, session_token=session_token)
    return await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.phone_id,
        code=await http.last_code(address=PHONE),
        session_token=session_token,
    )


async def test_a_password_gives_a_session_with_one_factor(sdk: Stytch) -> None:
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=120,
    )
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("password", "knowledge")
    assert factor.last_authenticated_at is not None
    assert factor.created_at is not None
    assert len(answer.session_token) == 44
    assert answer.session_jwt.count(".") == 2


async def test_a_code_by_sms_gives_a_new_session_with_both_factors(sdk: Stytch, http: Http) -> None:
    first = await _password(sdk)
    before = await sdk.call(sdk.api.sessions.authenticate, session_token=first)
    second = await _sms(sdk, http, first)
    assert second.session is not None
    assert second.session_token != first
    assert second.session.session_id != before.session.session_id
    assert second.session.expires_at == before.session.expires_at
    assert [
        (factor.type.value, factor.delivery_method.value)
        for factor in second.session.authentication_factors
    ] == [("password", "knowledge"), ("otp", "sms")]
    phone = second.session.authentication_factors[1].phone_number_factor
    assert phone is not None
    assert (phone.phone_id, phone.phone_number) == (second.method_id, PHONE)
    assert second.user.phone_numbers[0].verified


async def test_the_session_before_the_second_factor_dies_shortly_after(
    sdk: Stytch, http: Http, clock: Clock
) -> None:
    first = await _password(sdk)
    second = await _sms(sdk, http, first)
    await sdk.call(sdk.api.sessions.authenticate, session_token=first)
    clock.offset += 1.0
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=first) == (
        404,
        "session_not_found",
    )
    alive = await sdk.call(sdk.api.sessions.authenticate, session_token=second.session_token)
    assert len(alive.session.authentication_factors) == 2


async def test_the_new_sessions_jwt_verifies_locally_with_both_factors(
    sdk: Stytch, http: Http
) -> None:
    second = await _sms(sdk, http, await _password(sdk))
    session = await sdk.call(
        sdk.api.sessions.authenticate_jwt_local, session_jwt=second.session_jwt
    )
    assert session is not None
    assert session.session_id == (second.session and second.session.session_id)
    assert [factor.delivery_method.value for factor in session.authentication_factors] == [
        "knowledge",
        "sms",
    ]


async def test_step_up_renews_the_old_factor_in_a_new_session(
    sdk: Stytch, http: Http, clock: Clock
) -> None:
    second = await _sms(sdk, http, await _password(sdk))
    clock.offset += 600
    third = await _sms(sdk, http, second.session_token)
    assert second.session is not None
    assert third.session is not None
    assert third.session_token != second.session_token
    assert len(third.session.authentication_factors) == 2
    password, sms = third.session.authentication_factors
    assert password.last_authenticated_at == (
        second.session.authentication_factors[0].last_authenticated_at
    )
    assert sms.created_at == second.session.authentication_factors[1].created_at
    assert sms.last_authenticated_at is not None
    assert sms.last_authenticated_at.timestamp() >= int(clock()) - 5


async def test_a_factor_made_older_by_control_is_older_for_the_sdk(sdk: Stytch, http: Http) -> None:
    second = await _sms(sdk, http, await _password(sdk))
    assert second.session is not None
    aged = {"session_token": second.session_token, "type": "otp", "delivery_method": "sms"}
    assert (await http.control("POST", "/factors/age", {**aged, "seconds": 301}))["aged"] == 1
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=second.session_token)
    before = second.session.authentication_factors[1].last_authenticated_at
    after = answer.session.authentication_factors[1].last_authenticated_at
    assert before is not None
    assert after is not None
    assert (before - after).total_seconds() == 301


async def test_a_phone_is_refused_to_a_user_whose_email_is_unverified(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    await http.control("PATCH", f"/users/{ann['user_id']}", {"email_verified": False})
    token = await _password(sdk)
    assert await sdk.refusal(sdk.api.otps.sms.send, phone_number=PHONE, session_token=token) == (
        400,
        "too_many_unverified_factors",
    )
    assert (await http.control("GET", "/messages"))["messages"] == []
