from tests.contract.support import Http, Stytch

SESSION_TOKEN = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"
UNKNOWN_SESSION_TOKEN = "59cnLELtq5cFVS6uYK9f-pAWzBkhqZl8AvLhbhOvKNWw"
EMAIL = "sandbox@stytch.com"
PHONE = "+10000000000"


async def test_the_sandbox_session_is_alive(sdk: Stytch) -> None:
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=SESSION_TOKEN)
    assert answer.session_token == SESSION_TOKEN
    assert answer.user.emails[0].email == EMAIL


async def test_the_sandbox_session_survives_revocation(sdk: Stytch, http: Http) -> None:
    await sdk.call(sdk.api.sessions.revoke, session_token=SESSION_TOKEN)
    await sdk.call(sdk.api.sessions.authenticate, session_token=SESSION_TOKEN)
    await http.control("POST", "/sessions/expire", {"session_token": SESSION_TOKEN})
    await sdk.call(sdk.api.sessions.authenticate, session_token=SESSION_TOKEN)


async def test_the_other_sandbox_session_is_not_found(sdk: Stytch) -> None:
    assert await sdk.refusal(
        sdk.api.sessions.authenticate, session_token=UNKNOWN_SESSION_TOKEN
    ) == (404, "session_not_found")


async def test_the_sandbox_phone_takes_the_sandbox_code_again_and_again(sdk: Stytch) -> None:
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE)
    await sdk.call(sdk.api.otps.authenticate, method_id=sent.phone_id, code="000000")
    await sdk.call(sdk.api.otps.authenticate, method_id=sent.phone_id, code="000000")


async def test_the_sandbox_code_counts_as_it_was_sent(sdk: Stytch) -> None:
    sent = await sdk.call(sdk.api.otps.whatsapp.send, phone_number=PHONE)
    answer = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.phone_id,
        code="000000",
        session_duration_minutes=5,
    )
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert factor.delivery_method == "whatsapp"


async def test_the_sandbox_email_takes_the_sandbox_code(sdk: Stytch) -> None:
    sent = await sdk.call(sdk.api.otps.email.login_or_create, email=EMAIL)
    assert not sent.user_created
    answer = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.email_id,
        code="000000",
        session_duration_minutes=5,
    )
    assert answer.session is not None


async def test_the_sandbox_phone_takes_no_other_code(sdk: Stytch) -> None:
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE)
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=sent.phone_id, code="000001") == (
        404,
        "otp_code_not_found",
    )


async def test_the_sandbox_code_opens_nobody_elses_phone(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(sdk.api.otps.sms.login_or_create, phone_number="+12025550162")
    while await http.last_code() == "000000":
        await sdk.call(sdk.api.otps.sms.send, phone_number="+12025550162")
    assert await sdk.refusal(sdk.api.otps.authenticate, method_id=sent.phone_id, code="000000") == (
        404,
        "otp_code_not_found",
    )
