"""Magic links: by e-mail, by invitation, embedded; their tokens are read from the outbox."""

from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from stytch.consumer.models.magic_links import AuthenticateResponse

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Clock, Http, Json, Stytch

SANDBOX = "DOYoip3rvIMMW5lgItikFK-Ak1CfMsgjuiCyI7uuU94="
SANDBOX_USED = "3pzjQpgksDlGKWEwUq2Up--hCHC_0oamfLHyfspKDFU="
SANDBOX_UNKNOWN = "CprTtwhnRNiMBiUS2jSLcWYrfuO2POeBNdo5HhW6qTM="
UNABLE = (401, "unable_to_auth_magic_link")
UNKNOWN = (404, "magic_link_not_found")


async def _last(http: Http) -> Json:
    message: Json = (await http.control("GET", "/messages?channel=email"))["messages"][-1]
    return message


async def _authenticated(sdk: Stytch, token: str, **session: object) -> AuthenticateResponse:
    more: Json = session
    return await sdk.call(sdk.api.magic_links.authenticate, token=token, **more)


async def test_a_link_creates_a_user_and_verifies_the_address(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(sdk.api.magic_links.email.login_or_create, email=EMAIL)
    assert sent.user_created
    message = await _last(http)
    assert (message["address"], message["method_id"]) == (EMAIL, sent.email_id)
    assert "code" not in message
    assert "link" not in message
    answer = await _authenticated(sdk, message["token"], session_duration_minutes=60)
    assert (answer.user_id, answer.method_id) == (sent.user_id, sent.email_id)
    assert not answer.reset_sessions
    assert answer.user.emails[0].verified
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("magic_link", "email")
    assert factor.email_factor is not None
    assert factor.email_factor.email_id == sent.email_id
    again = await sdk.call(sdk.api.magic_links.email.login_or_create, email=EMAIL)
    assert (again.user_created, again.user_id) == (False, sent.user_id)


async def test_the_link_leads_where_the_caller_says(sdk: Stytch, http: Http) -> None:
    urls: Json = {
        "signup_magic_link_url": "https://app.example.com/welcome?a=1",
        "login_magic_link_url": "https://app.example.com/authenticate",
    }
    for path in ("/welcome?a=1&", "/authenticate?"):
        await sdk.call(sdk.api.magic_links.email.login_or_create, email=EMAIL, **urls)
        message = await _last(http)
        assert message["link"] == (
            f"https://app.example.com{path}stytch_token_type=magic_links&token={message['token']}"
        )


@pytest.mark.usefixtures("ann")
async def test_a_link_is_one_more_factor_of_a_session(sdk: Stytch, http: Http) -> None:
    first = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    await sdk.call(sdk.api.magic_links.email.send, email=EMAIL)
    token = (await _last(http))["token"]
    second = await _authenticated(sdk, token, session_jwt=first.session_jwt)
    assert second.session is not None
    assert [factor.type.value for factor in second.session.authentication_factors] == [
        "password",
        "magic_link",
    ]


async def test_a_link_can_add_an_address(sdk: Stytch, http: Http, ann: Json) -> None:
    sent = await sdk.call(
        sdk.api.magic_links.email.send, email="ann@work.example", user_id=ann["user_id"]
    )
    answer = await _authenticated(sdk, (await _last(http))["token"])
    assert [(email.email_id, email.verified) for email in answer.user.emails][1] == (
        sent.email_id,
        True,
    )


async def test_a_link_is_sent_to_a_known_address_only(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.magic_links.email.send, email=EMAIL) == (
        404,
        "email_not_found",
    )


@pytest.mark.usefixtures("ann")
async def test_a_link_works_once(sdk: Stytch, http: Http) -> None:
    await sdk.call(sdk.api.magic_links.email.send, email=EMAIL)
    token = (await _last(http))["token"]
    await _authenticated(sdk, token)
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=token) == UNABLE


@pytest.mark.usefixtures("ann")
async def test_a_link_lives_an_hour_unless_told_otherwise(
    sdk: Stytch, http: Http, clock: Clock
) -> None:
    await sdk.call(sdk.api.magic_links.email.send, email=EMAIL)
    hour = (await _last(http))["token"]
    await sdk.call(sdk.api.magic_links.email.send, email=EMAIL, login_expiration_minutes=61)
    longer = (await _last(http))["token"]
    clock.offset += 3600
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=hour) == UNABLE
    await _authenticated(sdk, longer)


@pytest.mark.parametrize("minutes", [4, 10081])
async def test_a_link_lives_five_minutes_to_a_week(sdk: Stytch, minutes: int) -> None:
    assert await sdk.refusal(
        sdk.api.magic_links.email.login_or_create, email=EMAIL, login_expiration_minutes=minutes
    ) == (400, "invalid_expiration")


@pytest.mark.parametrize("url", ["app.example.com", "", "http://["])
async def test_a_link_leads_to_a_url(sdk: Stytch, http: Http, url: str) -> None:
    assert await sdk.refusal(
        sdk.api.magic_links.email.login_or_create, email=EMAIL, signup_magic_link_url=url
    ) == (400, "invalid_magic_link_url")
    assert len((await http.control("GET", "/users"))["users"]) == 1


async def test_a_link_to_an_address_since_deleted_is_void(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    await sdk.call(sdk.api.magic_links.email.send, email=EMAIL)
    token = (await _last(http))["token"]
    await sdk.call(sdk.api.users.delete_email, email_id=ann["emails"][0]["email_id"])
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=token) == UNABLE


@pytest.mark.usefixtures("ann")
async def test_a_verifier_must_fit_its_challenge(sdk: Stytch, http: Http) -> None:
    challenge = urlsafe_b64encode(sha256(b"verifier").digest()).rstrip(b"=").decode()
    await sdk.call(sdk.api.magic_links.email.send, email=EMAIL, code_challenge=challenge)
    token = (await _last(http))["token"]
    for verifier, error_type in [
        (None, "pkce_expected_code_verifier"),
        ("another", "pkce_mismatch"),
    ]:
        assert await sdk.refusal(
            sdk.api.magic_links.authenticate, token=token, code_verifier=verifier
        ) == (400, error_type)
    await _authenticated(sdk, token, code_verifier="verifier")
    assert await sdk.refusal(
        sdk.api.magic_links.authenticate, token=SANDBOX, code_verifier="verifier"
    ) == (400, "pkce_did_not_expect_code_verifier")


async def test_attributes_that_should_match_are_refused_rather_than_passed_over(
    sdk: Stytch,
) -> None:
    for name in ("ip_match_required", "user_agent_match_required"):
        assert await sdk.refusal(
            sdk.api.magic_links.authenticate, token=SANDBOX, options={name: True}
        ) == (400, "bad_request")
    await _authenticated(sdk, SANDBOX, options={"ip_match_required": False})


async def test_an_invited_user_is_pending_until_they_come(sdk: Stytch, http: Http) -> None:
    sent = await sdk.call(
        sdk.api.magic_links.email.invite,
        email=EMAIL,
        name={"first_name": "Ann"},
        invite_magic_link_url="https://app.example.com/join",
    )
    invited = await sdk.call(sdk.api.users.get, user_id=sent.user_id)
    assert (invited.status, invited.name and invited.name.first_name) == ("pending", "Ann")
    message = await _last(http)
    assert message["link"].startswith("https://app.example.com/join?")
    answer = await _authenticated(sdk, message["token"])
    assert answer.user.status == "active"
    assert await sdk.refusal(sdk.api.magic_links.email.invite, email=EMAIL) == (
        400,
        "duplicate_email",
    )


async def test_an_invitation_can_be_revoked(sdk: Stytch, http: Http) -> None:
    await sdk.call(sdk.api.magic_links.email.invite, email=EMAIL)
    await sdk.call(sdk.api.magic_links.email.revoke_invite, email=EMAIL)
    token = (await _last(http))["token"]
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=token) == UNKNOWN
    assert await sdk.refusal(sdk.api.magic_links.email.revoke_invite, email="bob@example.com") == (
        404,
        "email_not_found",
    )


async def test_an_embeddable_link_verifies_no_address(sdk: Stytch) -> None:
    made = await sdk.call(sdk.api.users.create, email=EMAIL)
    link = await sdk.call(sdk.api.magic_links.create, user_id=made.user_id)
    assert link.user_id == made.user_id
    answer = await _authenticated(sdk, link.token, session_duration_minutes=60)
    assert [email.verified for email in answer.user.emails] == [False]
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("magic_link", "embedded")
    assert factor.embeddable_magic_link_factor is not None
    assert factor.embeddable_magic_link_factor.embedded_id == answer.method_id


async def test_an_embeddable_link_needs_a_user_and_a_fitting_life(sdk: Stytch, ann: Json) -> None:
    assert await sdk.refusal(sdk.api.magic_links.create, user_id="user-test-none") == (
        404,
        "user_not_found",
    )
    assert await sdk.refusal(
        sdk.api.magic_links.create, user_id=ann["user_id"], expiration_minutes=1
    ) == (400, "invalid_expiration")


async def test_the_sandbox_tokens_are_answered_as_published(sdk: Stytch) -> None:
    for _ in range(2):
        answer = await _authenticated(sdk, SANDBOX, session_duration_minutes=5)
        assert answer.user.emails[0].email == "sandbox@stytch.com"
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=SANDBOX_USED) == UNABLE
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=SANDBOX_UNKNOWN) == UNKNOWN
