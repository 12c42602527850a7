import pytest

from tests.contract.conftest import EMAIL, PASSWORD, PHONE
from tests.contract.support import Http, Json, Stytch


async def test_creating_a_password_creates_an_unverified_user(sdk: Stytch) -> None:
    answer = await sdk.call(sdk.api.passwords.create, email=EMAIL, password=PASSWORD)
    assert answer.session is None
    assert (answer.session_token, answer.session_jwt) == ("", "")
    assert answer.user_id == answer.user.user_id
    assert answer.user_id.startswith("user-test-")
    assert answer.email_id.startswith("email-test-")
    assert answer.request_id.startswith("request-id-test-")
    assert [(email.email, email.verified) for email in answer.user.emails] == [(EMAIL, False)]
    assert answer.user.password is not None
    assert answer.user.password.password_id.startswith("password-test-")


async def test_creating_a_password_starts_a_session_where_a_duration_is_given(
    sdk: Stytch,
) -> None:
    answer = await sdk.call(
        sdk.api.passwords.create, email=EMAIL, password=PASSWORD, session_duration_minutes=5
    )
    assert answer.session is not None
    assert answer.session.started_at is not None
    assert answer.session.expires_at is not None
    assert (answer.session.expires_at - answer.session.started_at).total_seconds() == 300
    assert answer.session.session_id.startswith("session-test-")


async def test_an_email_address_can_be_taken_only_once(sdk: Stytch, ann: Json) -> None:
    assert ann["emails"][0]["email"] == EMAIL
    assert await sdk.refusal(sdk.api.passwords.create, email=EMAIL.upper(), password=PASSWORD) == (
        400,
        "duplicate_email",
    )


@pytest.mark.parametrize(
    ("email", "password", "error_type"),
    [
        (EMAIL, "short", "weak_password"),
        ("not an address", PASSWORD, "invalid_email"),
        ("", PASSWORD, "invalid_email"),
    ],
)
async def test_a_poor_password_or_address_creates_nobody(
    sdk: Stytch, http: Http, email: str, password: str, error_type: str
) -> None:
    assert await sdk.refusal(sdk.api.passwords.create, email=email, password=password) == (
        400,
        error_type,
    )
    assert len((await http.control("GET", "/users"))["users"]) == 1


@pytest.mark.parametrize("minutes", [4, 527041, -1])
async def test_a_duration_out_of_range_creates_nobody(
    sdk: Stytch, http: Http, minutes: int
) -> None:
    assert await sdk.refusal(
        sdk.api.passwords.create,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=minutes,
    ) == (400, "invalid_session_duration")
    assert len((await http.control("GET", "/users"))["users"]) == 1


@pytest.mark.usefixtures("ann")
async def test_a_wrong_password_is_refused(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.passwords.authenticate, email=EMAIL, password="wrong") == (
        401,
        "unauthorized_credentials",
    )


async def test_an_unknown_address_is_refused(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.passwords.authenticate, email=EMAIL, password=PASSWORD) == (
        404,
        "email_not_found",
    )


async def test_a_user_without_a_password_cannot_sign_in_by_one(sdk: Stytch) -> None:
    await sdk.call(sdk.api.otps.email.login_or_create, email=EMAIL)
    assert await sdk.refusal(sdk.api.passwords.authenticate, email=EMAIL, password=PASSWORD) == (
        400,
        "no_user_password",
    )


@pytest.mark.usefixtures("ann")
async def test_without_a_duration_there_is_no_session(sdk: Stytch) -> None:
    answer = await sdk.call(sdk.api.passwords.authenticate, email=EMAIL, password=PASSWORD)
    assert answer.session is None
    assert (answer.session_token, answer.session_jwt) == ("", "")


@pytest.mark.usefixtures("ann")
async def test_a_password_can_be_the_second_factor_of_a_session(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(sdk.api.otps.email.send, email=EMAIL)
    first = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.email_id,
        code=await http.last_code(),
        session_duration_minutes=60,
    )
    second = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_jwt=first.session_jwt,
    )
    assert second.session is not None
    assert second.session_token != first.session_token
    assert [factor.type.value for factor in second.session.authentication_factors] == [
        "otp",
        "password",
    ]


@pytest.mark.usefixtures("ann")
async def test_a_factor_cannot_be_added_to_another_users_session(sdk: Stytch, http: Http) -> None:
    bob = {"email": "bob@example.com", "password": PASSWORD, "phone_number": PHONE}
    await http.control("POST", "/users", bob)
    session = await sdk.call(
        sdk.api.passwords.authenticate,
        email="bob@example.com",
        password=PASSWORD,
        session_duration_minutes=60,
    )
    assert await sdk.refusal(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_token=session.session_token,
    ) == (400, "user_id_mismatch")
