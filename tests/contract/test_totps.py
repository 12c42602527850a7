"""Authenticator apps: real codes of real secrets, and the recovery codes for a lost one."""

import pytest
from stytch.consumer.models.totps import AuthenticateResponse, CreateResponse

from authz_sidecar.emulator.totp import STEP_SECONDS, code_at
from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Clock, Http, Json, Stytch

SANDBOX_USER = "user-test-00000000-0000-4000-8000-000000000001"


@pytest.fixture(autouse=True)
def _middle_of_a_step(clock: Clock) -> None:
    # So that none ends between making a code and giving it.
    clock.offset = STEP_SECONDS * 1.5 - clock() % STEP_SECONDS


async def _created(sdk: Stytch, user: Json) -> CreateResponse:
    return await sdk.call(sdk.api.totps.create, user_id=user["user_id"])


async def _authenticated(
    sdk: Stytch, user: Json, code: str, **session: object
) -> AuthenticateResponse:
    more: Json = session
    return await sdk.call(
        sdk.api.totps.authenticate, user_id=user["user_id"], totp_code=code, **more
    )


async def _refused(sdk: Stytch, user: Json, code: str) -> tuple[int, str | None]:
    return await sdk.refusal(sdk.api.totps.authenticate, user_id=user["user_id"], totp_code=code)


async def test_creating_gives_what_an_app_and_its_owner_need(sdk: Stytch, ann: Json) -> None:
    made = await _created(sdk, ann)
    assert made.user_id == made.user.user_id == ann["user_id"]
    assert made.totp_id.startswith("totp-test-")
    assert len(made.secret) == 32
    assert made.qr_code.startswith("data:image/png;base64,iVBOR")
    assert len(set(made.recovery_codes)) == 10
    assert [(totp.totp_id, totp.verified) for totp in made.user.totps] == [(made.totp_id, False)]


async def test_the_first_code_verifies_and_adds_a_factor(
    sdk: Stytch, ann: Json, clock: Clock
) -> None:
    made = await _created(sdk, ann)
    first = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    second = await _authenticated(
        sdk, ann, code_at(made.secret, clock()), session_token=first.session_token
    )
    assert (second.totp_id, second.user.totps[0].verified) == (made.totp_id, True)
    assert second.session is not None
    assert second.session_token != first.session_token
    factor = second.session.authentication_factors[1]
    assert (factor.type, factor.delivery_method) == ("totp", "authenticator_app")
    assert factor.authenticator_app_factor is not None
    assert factor.authenticator_app_factor.totp_id == made.totp_id


@pytest.mark.parametrize("seconds", [-30, 0, 30])
async def test_codes_of_the_neighbouring_steps_are_good(
    sdk: Stytch, ann: Json, clock: Clock, seconds: int
) -> None:
    made = await _created(sdk, ann)
    answer = await _authenticated(
        sdk, ann, code_at(made.secret, clock() + seconds), session_duration_minutes=5
    )
    assert answer.session is not None


@pytest.mark.parametrize("seconds", [-90, 90])
async def test_codes_of_farther_steps_are_not(
    sdk: Stytch, ann: Json, clock: Clock, seconds: int
) -> None:
    made = await _created(sdk, ann)
    codes = {code_at(made.secret, clock() + near) for near in (-30, 0, 30, 60)}
    code = code_at(made.secret, clock() + seconds)
    if code not in codes:  # six digits may repeat
        assert await _refused(sdk, ann, code) == (401, "unable_to_authenticate_totp")


async def test_a_code_works_once_and_no_older_one_after_it(
    sdk: Stytch, ann: Json, clock: Clock
) -> None:
    made = await _created(sdk, ann)
    now = clock()
    await _authenticated(sdk, ann, code_at(made.secret, now))
    for seconds in (0, -30):
        assert await _refused(sdk, ann, code_at(made.secret, now + seconds)) == (
            401,
            "totp_code_already_authenticated",
        )
    clock.offset += 30
    await _authenticated(sdk, ann, code_at(made.secret, clock()))


@pytest.mark.parametrize(
    "code", ["12345", "1234567", "abcdef", "", "\uff11\uff12\uff13\uff14\uff15\uff16"]
)
async def test_what_is_not_six_digits_is_no_code(sdk: Stytch, ann: Json, code: str) -> None:
    await _created(sdk, ann)
    assert await _refused(sdk, ann, code) == (400, "invalid_totp_code")


async def test_a_user_without_an_app_has_no_code(sdk: Stytch, ann: Json) -> None:
    missing = (404, "totps_not_found_for_user")
    assert await _refused(sdk, ann, "123456") == missing
    assert (
        await sdk.refusal(
            sdk.api.totps.recover, user_id=ann["user_id"], recovery_code="a1b2-c3d4-e5f6"
        )
        == missing
    )
    listed = await sdk.call(sdk.api.totps.recovery_codes, user_id=ann["user_id"])
    assert listed.totps == []
    assert await sdk.refusal(sdk.api.totps.create, user_id="user-test-none") == (
        404,
        "user_not_found",
    )


async def test_an_app_that_is_not_verified_in_time_is_void(
    sdk: Stytch, ann: Json, clock: Clock
) -> None:
    made = await sdk.call(sdk.api.totps.create, user_id=ann["user_id"], expiration_minutes=5)
    clock.offset += 300
    assert await _refused(sdk, ann, code_at(made.secret, clock())) == (401, "expired_totp")


@pytest.mark.parametrize("minutes", [4, 1441])
async def test_an_app_must_be_verified_within_a_day(sdk: Stytch, ann: Json, minutes: int) -> None:
    assert await sdk.refusal(
        sdk.api.totps.create, user_id=ann["user_id"], expiration_minutes=minutes
    ) == (400, "invalid_expiration")


async def test_a_user_has_one_app_and_may_begin_anew_until_it_is_verified(
    sdk: Stytch, ann: Json, clock: Clock
) -> None:
    abandoned = await _created(sdk, ann)
    made = await _created(sdk, ann)
    assert [totp.totp_id for totp in made.user.totps] == [made.totp_id]
    assert made.secret != abandoned.secret
    await _authenticated(sdk, ann, code_at(made.secret, clock()))
    assert await sdk.refusal(sdk.api.totps.create, user_id=ann["user_id"]) == (
        400,
        "active_totp_exists",
    )


async def test_a_recovery_code_stands_in_once(sdk: Stytch, ann: Json, clock: Clock) -> None:
    made = await _created(sdk, ann)
    await _authenticated(sdk, ann, code_at(made.secret, clock()))
    used, *left = made.recovery_codes
    answer = await sdk.call(
        sdk.api.totps.recover,
        user_id=ann["user_id"],
        recovery_code=used,
        session_duration_minutes=60,
    )
    assert answer.totp_id == made.totp_id
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("recovery_codes", "recovery_code")
    assert factor.recovery_code_factor is not None
    [listed] = (await sdk.call(sdk.api.totps.recovery_codes, user_id=ann["user_id"])).totps
    assert (listed.totp_id, listed.verified, listed.recovery_codes) == (made.totp_id, True, left)
    for code in (used, "x"):
        assert await sdk.refusal(
            sdk.api.totps.recover, user_id=ann["user_id"], recovery_code=code
        ) == (401, "unable_to_authenticate_recovery_code")


async def test_a_recovery_code_of_an_app_not_yet_verified_is_refused(
    sdk: Stytch, ann: Json
) -> None:
    made = await _created(sdk, ann)
    assert await sdk.refusal(
        sdk.api.totps.recover, user_id=ann["user_id"], recovery_code=made.recovery_codes[0]
    ) == (401, "unable_to_authenticate_recovery_code")


async def test_the_sandbox_user_takes_the_sandbox_codes_again_and_again(sdk: Stytch) -> None:
    for _ in range(2):
        await sdk.call(sdk.api.totps.authenticate, user_id=SANDBOX_USER, totp_code="000000")
        answer = await sdk.call(
            sdk.api.totps.recover,
            user_id=SANDBOX_USER,
            recovery_code="a1b2-c3d4-e5f6",
            session_duration_minutes=5,
        )
        assert answer.session is not None


async def test_control_shows_what_the_app_shows(sdk: Stytch, http: Http, ann: Json) -> None:
    made = await _created(sdk, ann)
    shown = await http.control("GET", f"/users/{ann['user_id']}/totp")
    assert (shown["secret"], shown["verified"]) == (made.secret, False)
    await _authenticated(sdk, ann, shown["code"])
