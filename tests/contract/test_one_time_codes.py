import pytest

from tests.contract.conftest import EMAIL, PASSWORD, PHONE
from tests.contract.support import Clock, Http, Json, Stytch

OTHER_PHONE = "+12025550163"


async def _sent_to_new_user(sdk: Stytch, http: Http) -> tuple[str, str]:
    sent = await sdk.call(sdk.api.otps.sms.login_or_create, phone_number=PHONE)
    return sent.phone_id, await http.last_code(address=PHONE)


async def test_a_code_by_sms_creates_a_user_and_verifies_the_phone(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(sdk.api.otps.sms.login_or_create, phone_number=PHONE)
    assert sent.user_created
    assert sent.phone_id.startswith("phone-number-test-")
    answer = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.phone_id,
        code=await http.last_code(),
        session_duration_minutes=60,
    )
    assert (answer.user_id, answer.method_id) == (sent.user_id, sent.phone_id)
    assert not answer.reset_sessions
    assert answer.user.phone_numbers[0].verified
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("otp", "sms")
    again = await sdk.call(sdk.api.otps.sms.login_or_create, phone_number=PHONE)
    assert (again.user_created, again.user_id) == (False, sent.user_id)


async def test_a_code_by_email_is_an_otp_delivered_by_email_and_verifies_the_address(
    sdk: Stytch, http: Http
) -> None:
    sent = await sdk.call(sdk.api.otps.email.login_or_create, email=EMAIL)
    assert sent.user_created
    answer = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.email_id,
        code=await http.last_code(channel="email"),
        session_duration_minutes=60,
    )
    assert answer.user.emails[0].verified
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("otp", "email")
    assert factor.email_factor is not None
    assert (factor.email_factor.email_id, factor.email_factor.email_address) == (
        sent.email_id,
        EMAIL,
    )
    again = await sdk.call(sdk.api.otps.email.login_or_create, email=EMAIL)
    assert (again.user_created, again.email_id) == (False, sent.email_id)


async def test_a_code_by_whatsapp_is_an_otp_delivered_by_whatsapp(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(sdk.api.otps.whatsapp.login_or_create, phone_number=PHONE)
    assert sent.user_created
    answer = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.phone_id,
        code=await http.last_code(channel="whatsapp"),
        session_duration_minutes=60,
    )
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("otp", "whatsapp")
    assert factor.phone_number_factor is not None
    again = await sdk.call(sdk.api.otps.whatsapp.send, phone_number=PHONE)
    assert (again.user_id, again.phone_id) == (sent.user_id, sent.phone_id)
    await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE)
    by_sms = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.phone_id,
        code=await http.last_code(channel="sms"),
        session_token=answer.session_token,
    )
    assert by_sms.session is not None
    assert [f.delivery_method.value for f in by_sms.session.authentication_factors] == [
        "whatsapp",
        "sms",
    ]


async def test_a_user_may_be_pending_until_the_first_code(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(
        sdk.api.otps.sms.login_or_create, phone_number=PHONE, create_user_as_pending=True
    )
    assert (await sdk.call(sdk.api.users.get, user_id=sent.user_id)).status == "pending"
    answer = await sdk.call(
        sdk.api.otps.authenticate, method_id=sent.phone_id, code=await http.last_code()
    )
    assert answer.user.status == "active"


async def test_a_message_tells_where_it_went_and_for_whom(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(
        sdk.api.otps.sms.login_or_create, phone_number=PHONE, expiration_minutes=10
    )
    [message] = (await http.control("GET", f"/messages?user_id={sent.user_id}"))["messages"]
    assert message["code"].isdigit()
    assert len(message["code"]) == 6
    assert {key: message[key] for key in ("channel", "address", "user_id", "method_id")} == {
        "channel": "sms",
        "address": PHONE,
        "user_id": sent.user_id,
        "method_id": sent.phone_id,
    }
    assert (await http.control("GET", "/messages?channel=email"))["messages"] == []
    assert (await http.control("DELETE", "/messages"))["cleared"] == 1
    assert (await http.control("GET", "/messages"))["messages"] == []


async def test_a_wrong_code_is_not_found(sdk: Stytch, http: Http) -> None:
    method_id, code = await _sent_to_new_user(sdk, http)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=wrong) == (
        404,
        "otp_code_not_found",
    )
    await sdk.call(sdk.api.otps.authenticate, method_id=method_id, code=code)


async def test_a_code_works_once(sdk: Stytch, http: Http) -> None:
    method_id, code = await _sent_to_new_user(sdk, http)
    await sdk.call(sdk.api.otps.authenticate, method_id=method_id, code=code)
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=code) == (
        401,
        "unable_to_auth_otp_code",
    )


async def test_a_code_lives_two_minutes_unless_told_otherwise(
    sdk: Stytch, http: Http, clock: Clock
) -> None:
    method_id, code = await _sent_to_new_user(sdk, http)
    clock.offset += 120
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=code) == (
        401,
        "unable_to_auth_otp_code",
    )
    await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE, expiration_minutes=10)
    clock.offset += 590
    await sdk.call(sdk.api.otps.authenticate, method_id=method_id, code=await http.last_code())


async def test_a_new_code_replaces_the_one_before(sdk: Stytch, http: Http) -> None:
    method_id, first = await _sent_to_new_user(sdk, http)
    second = first
    while second == first:
        await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE)
        second = await http.last_code()
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=first) == (
        404,
        "otp_code_not_found",
    )


async def test_five_wrong_guesses_void_a_code(sdk: Stytch, http: Http) -> None:
    method_id, code = await _sent_to_new_user(sdk, http)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=wrong)
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=code) == (
        401,
        "unable_to_auth_otp_code",
    )


async def test_a_dead_session_does_not_use_up_the_code(sdk: Stytch, http: Http) -> None:
    method_id, code = await _sent_to_new_user(sdk, http)
    assert await sdk.refusal(
        sdk.api.otps.authenticate, method_id=method_id, code=code, session_token="x" * 44
    ) == (404, "session_not_found")
    await sdk.call(sdk.api.otps.authenticate, method_id=method_id, code=code)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (PHONE, (404, "phone_number_not_found")),
        ("2025550162", (400, "invalid_phone_number")),
        ("+1 202 555 0162", (400, "invalid_phone_number")),
        ("+0123456789", (400, "invalid_phone_number")),
    ],
)
async def test_a_code_goes_to_a_known_and_well_formed_number_only(
    sdk: Stytch, number: str, expected: tuple[int, str]
) -> None:
    assert await sdk.refusal(sdk.api.otps.sms.send, phone_number=number) == expected


@pytest.mark.parametrize("minutes", [0, 11])
async def test_a_code_cannot_live_longer_than_ten_minutes_or_not_at_all(
    sdk: Stytch, minutes: int
) -> None:
    assert await sdk.refusal(
        sdk.api.otps.sms.login_or_create, phone_number=PHONE, expiration_minutes=minutes
    ) == (400, "invalid_expiration_otp")


async def test_a_code_by_email_needs_a_known_address(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.otps.email.send, email=EMAIL) == (404, "email_not_found")


@pytest.mark.parametrize(
    "code", ["12345", "abcdef", "", "1234567", "\uff11\uff12\uff13\uff14\uff15\uff16"]
)
async def test_what_is_not_six_digits_is_no_code(sdk: Stytch, http: Http, code: str) -> None:
    method_id, _ = await _sent_to_new_user(sdk, http)
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code=code) == (
        400,
        "invalid_code",
    )


async def test_a_code_needs_a_known_method_id(sdk: Stytch) -> None:
    assert await sdk.refusal(
        sdk.api.otps.authenticate, method_id="phone-number-test-unknown", code="123456"
    ) == (400, "invalid_method_id")


async def test_a_phone_that_was_sent_nothing_takes_no_code(sdk: Stytch, http: Http) -> None:
    user = (await http.control("POST", "/users", {"phone_number": PHONE}))["user"]
    method_id = user["phone_numbers"][0]["phone_id"]
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=method_id, code="000000") == (
        404,
        "otp_code_not_found",
    )


async def test_a_phone_can_be_added_by_user_id(sdk: Stytch, http: Http, ann: Json) -> None:
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE, user_id=ann["user_id"])
    assert sent.user_id == ann["user_id"]
    before = await sdk.call(sdk.api.users.get, user_id=ann["user_id"])
    assert [phone.verified for phone in before.phone_numbers] == [False]
    await sdk.call(sdk.api.otps.authenticate, method_id=sent.phone_id, code=await http.last_code())
    after = await sdk.call(sdk.api.users.get, user_id=ann["user_id"])
    assert [phone.verified for phone in after.phone_numbers] == [True]


async def test_an_email_address_can_be_added_by_session_jwt(sdk: Stytch, ann: Json) -> None:
    session = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    sent = await sdk.call(
        sdk.api.otps.email.send, email="ann@work.example", session_jwt=session.session_jwt
    )
    user = await sdk.call(sdk.api.users.get, user_id=ann["user_id"])
    assert [(email.email_id, email.verified) for email in user.emails][1] == (
        sent.email_id,
        False,
    )


async def test_another_users_phone_or_address_cannot_be_added(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    bob = {"email": "bob@example.com", "phone_number": PHONE}
    await http.control("POST", "/users", bob)
    assert await sdk.refusal(sdk.api.otps.sms.send, phone_number=PHONE, user_id=ann["user_id"]) == (
        400,
        "duplicate_phone_number",
    )
    assert await sdk.refusal(
        sdk.api.otps.email.send, email="bob@example.com", user_id=ann["user_id"]
    ) == (400, "duplicate_email")


async def test_a_user_is_named_in_one_way_only(sdk: Stytch, ann: Json) -> None:
    assert await sdk.refusal(
        sdk.api.otps.sms.send,
        phone_number=PHONE,
        user_id=ann["user_id"],
        session_token="x" * 44,
    ) == (400, "too_many_user_selection_arguments")


async def test_a_user_cannot_collect_phones_without_end(sdk: Stytch, ann: Json) -> None:
    for last in range(10):
        await sdk.call(
            sdk.api.otps.sms.send,
            phone_number=f"+1202555010{last}",
            user_id=ann["user_id"],
        )
    assert await sdk.refusal(
        sdk.api.otps.sms.send, phone_number=OTHER_PHONE, user_id=ann["user_id"]
    ) == (400, "bad_request")
