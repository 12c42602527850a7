"""OAuth: the control API makes the token that a provider's login would end in."""

from collections.abc import Mapping

import pytest
from stytch.consumer.models.oauth import AuthenticateResponse

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Clock, Http, Json, Stytch

UNKNOWN = (404, "oauth_token_not_found")


async def _token(http: Http, **login: object) -> str:
    token: str = (await http.control("POST", "/oauth/tokens", {"provider": "google", **login}))[
        "token"
    ]
    return token


async def _authenticated(
    sdk: Stytch, token: str, session: Mapping[str, str] | None = None
) -> AuthenticateResponse:
    more: Json = {**session} if session else {"session_duration_minutes": 60}
    return await sdk.call(sdk.api.oauth.authenticate, token=token, **more)


async def test_a_login_creates_a_user_whose_address_the_provider_verified(
    sdk: Stytch, http: Http
) -> None:
    answer = await _authenticated(sdk, await _token(http, email=EMAIL, subject="108"))
    assert (answer.provider_type, answer.provider_subject) == ("Google", "108")
    assert [(email.email, email.verified) for email in answer.user.emails] == [(EMAIL, True)]
    assert answer.user.providers[0].oauth_user_registration_id == answer.oauth_user_registration_id
    assert answer.provider_values.access_token
    assert answer.user_session is not None
    [factor] = answer.user_session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("oauth", "oauth_google")
    assert factor.google_oauth_factor is not None
    assert factor.google_oauth_factor.provider_subject == "108"
    assert factor.google_oauth_factor.email_id == answer.user.emails[0].email_id


async def test_a_login_finds_the_user_of_the_account_or_of_the_address(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    by_address = await _authenticated(sdk, await _token(http, email=EMAIL, subject="108"))
    assert by_address.user_id == ann["user_id"]
    by_account = await _authenticated(sdk, await _token(http, subject="108"))
    assert by_account.user_id == ann["user_id"]
    assert len(by_account.user.providers) == 1
    other_provider = await _authenticated(sdk, await _token(http, provider="github", subject="108"))
    assert other_provider.user_id != ann["user_id"]


async def test_a_login_is_one_more_factor_of_a_session(sdk: Stytch, http: Http, ann: Json) -> None:
    first = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    token = await _token(http, provider="gitlab", user_id=ann["user_id"])
    second = await _authenticated(sdk, token, {"session_token": first.session_token})
    assert second.session_token != first.session_token
    assert second.user_session is not None
    factor = second.user_session.authentication_factors[1]
    assert factor.delivery_method == "oauth_gitlab"
    assert factor.git_lab_oauth_factor is not None


@pytest.mark.usefixtures("ann")
async def test_another_users_session_is_ignored(sdk: Stytch, http: Http) -> None:
    anns = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    token = await _token(http, email="bob@example.com")
    answer = await _authenticated(sdk, token, {"session_token": anns.session_token})
    assert answer.user_session is None
    assert (answer.session_token, answer.session_jwt) == ("", "")


async def test_a_token_works_once_for_a_while(sdk: Stytch, http: Http, clock: Clock) -> None:
    used, late = [await _token(http, email=EMAIL) for _ in range(2)]
    await _authenticated(sdk, used)
    clock.offset += 300
    for token in (used, late, "x"):
        assert await sdk.refusal(sdk.api.oauth.authenticate, token=token) == UNKNOWN


async def test_an_unknown_token_is_answered_with_how_to_get_one(http: Http) -> None:
    basic = {"Authorization": http.basic}
    _, answer = await http.ask("POST", "/v1/oauth/authenticate", {"token": "x"}, headers=basic)
    assert "POST /_emulator/oauth/tokens" in answer["error_message"]


async def test_a_verifier_is_checked(sdk: Stytch, http: Http) -> None:
    token = await _token(http, email=EMAIL, code_challenge="x")
    assert await sdk.refusal(sdk.api.oauth.authenticate, token=token, code_verifier="verifier") == (
        400,
        "pkce_mismatch",
    )


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ({"provider": "myspace"}, (400, "bad_request")),
        ({"provider": "google", "email": "x"}, (400, "invalid_email")),
        ({"provider": "google", "user_id": "x"}, (404, "user_not_found")),
        ({"provider": "google", "mail": EMAIL}, (400, "bad_request")),
    ],
)
async def test_a_login_that_makes_no_sense_is_refused(
    http: Http, login: Json, expected: tuple[int, str]
) -> None:
    status, answer = await http.ask("POST", "/_emulator/oauth/tokens", login)
    assert (status, answer["error_type"]) == expected


async def test_a_user_cannot_collect_accounts_without_end(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    for _ in range(10):
        await _authenticated(sdk, await _token(http, user_id=ann["user_id"]))
    token = await _token(http, user_id=ann["user_id"])
    assert await sdk.refusal(sdk.api.oauth.authenticate, token=token) == (400, "bad_request")
