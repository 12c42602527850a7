import pytest

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Clock, Http, Json, Stytch

NEW = "another horse battery"
NOT_FOUND = (404, "session_not_found")


async def _signed_in(sdk: Stytch) -> str:
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    return answer.session_token


@pytest.mark.parametrize(
    ("password", "valid", "missing"),
    [("short", False, 3), ("", False, 8), ("12345678", True, 0), ("Aa1! long enough", True, 0)],
)
async def test_a_password_is_weighed_as_creating_one_would(
    sdk: Stytch, password: str, *, valid: bool, missing: int
) -> None:
    answer = await sdk.call(sdk.api.passwords.strength_check, password=password, email=EMAIL)
    assert answer.valid_password == valid
    assert (answer.score >= 3) == valid
    assert answer.feedback is not None
    assert answer.feedback.luds_requirements is not None
    assert answer.feedback.luds_requirements.missing_characters == missing
    assert answer.feedback.luds_requirements.has_upper_case == ("A" in password)


@pytest.mark.usefixtures("ann")
async def test_who_knows_the_password_can_change_it(sdk: Stytch) -> None:
    other, own = await _signed_in(sdk), await _signed_in(sdk)
    answer = await sdk.call(
        sdk.api.passwords.existing_password.reset,
        email=EMAIL,
        existing_password=PASSWORD,
        new_password=NEW,
        session_token=own,
    )
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=other) == NOT_FOUND
    await sdk.call(sdk.api.sessions.authenticate, session_token=answer.session_token)
    await sdk.call(sdk.api.passwords.authenticate, email=EMAIL, password=NEW)
    assert await sdk.refusal(sdk.api.passwords.authenticate, email=EMAIL, password=PASSWORD) == (
        401,
        "unauthorized_credentials",
    )


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    ("email", "existing", "new", "expected"),
    [
        (EMAIL, "wrong", NEW, (401, "unauthorized_credentials")),
        (EMAIL, PASSWORD, "short", (400, "weak_password")),
        ("bob@example.com", PASSWORD, NEW, (404, "email_not_found")),
        ("sandbox@stytch.com", PASSWORD, NEW, (400, "no_user_password")),
    ],
)
async def test_a_change_that_is_refused_changes_nothing(
    sdk: Stytch, email: str, existing: str, new: str, expected: tuple[int, str]
) -> None:
    token = await _signed_in(sdk)
    assert (
        await sdk.refusal(
            sdk.api.passwords.existing_password.reset,
            email=email,
            existing_password=existing,
            new_password=new,
        )
        == expected
    )
    await sdk.call(sdk.api.sessions.authenticate, session_token=token)
    await _signed_in(sdk)


@pytest.mark.usefixtures("ann")
async def test_a_fresh_session_can_change_the_password_and_outlives_the_others(
    sdk: Stytch,
) -> None:
    other, own = await _signed_in(sdk), await _signed_in(sdk)
    answer = await sdk.call(
        sdk.api.passwords.sessions.reset,
        password=NEW,
        session_token=own,
        session_duration_minutes=120,
        session_custom_claims={"reset": True},
    )
    assert answer.session_token == own
    assert answer.session is not None
    assert answer.session.custom_claims == {"reset": True}
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=other) == NOT_FOUND
    await sdk.call(sdk.api.passwords.authenticate, email=EMAIL, password=NEW)


@pytest.mark.parametrize(
    "factor",
    [
        {"type": "password", "delivery_method": "knowledge", "age_seconds": 301},
        {"type": "password", "delivery_method": "knowledge", "age_seconds": None},
        {"type": "otp", "delivery_method": "sms"},
    ],
)
async def test_without_a_fresh_password_or_email_a_session_cannot_change_it(
    sdk: Stytch, http: Http, ann: Json, factor: Json
) -> None:
    made = await http.control("POST", "/sessions", {"user_id": ann["user_id"], "factors": [factor]})
    assert await sdk.refusal(
        sdk.api.passwords.sessions.reset, password=NEW, session_token=made["session_token"]
    ) == (401, "session_too_old_to_reset_password")


async def test_a_change_by_session_needs_one(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.passwords.sessions.reset, password=NEW) == (
        400,
        "no_session_arguments",
    )


@pytest.mark.usefixtures("ann")
async def test_fresh_means_the_last_five_minutes(sdk: Stytch, clock: Clock) -> None:
    token = await _signed_in(sdk)
    clock.offset += 270
    await sdk.call(sdk.api.passwords.sessions.reset, password=NEW, session_token=token)
