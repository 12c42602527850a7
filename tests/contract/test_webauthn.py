"""Passkeys: the control API plays the browser and the authenticator."""

import json

import pytest
from stytch.consumer.models.webauthn import RegisterResponse

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Clock, Http, Json, Stytch

DOMAIN = "app.example.com"
INVALID = (400, "invalid_public_key_credential")
CONTROL = "POST /_emulator/webauthn/credentials"


async def _touch(http: Http, options: str, **which: str) -> str:
    body = {"options": options, **which}
    made: str = (await http.control("POST", "/webauthn/credentials", body))["public_key_credential"]
    return made


async def _start_registration(sdk: Stytch, user: Json, domain: str = DOMAIN) -> str:
    started = await sdk.call(
        sdk.api.webauthn.register_start, user_id=user["user_id"], domain=domain
    )
    assert started.user_id == user["user_id"]
    return started.public_key_credential_creation_options


async def _registered(
    sdk: Stytch, http: Http, user: Json, domain: str = DOMAIN
) -> RegisterResponse:
    credential = await _touch(http, await _start_registration(sdk, user, domain))
    return await sdk.call(
        sdk.api.webauthn.register,
        user_id=user["user_id"],
        public_key_credential=credential,
        session_duration_minutes=60,
    )


async def _start_authentication(sdk: Stytch, user_id: str | None = None) -> str:
    started = await sdk.call(sdk.api.webauthn.authenticate_start, domain=DOMAIN, user_id=user_id)
    assert started.user_id == (user_id or "")
    return started.public_key_credential_request_options


async def test_the_options_are_what_a_browser_wants(sdk: Stytch, http: Http, ann: Json) -> None:
    creation = json.loads(await _start_registration(sdk, ann))
    assert creation["rp"]["id"] == DOMAIN
    assert creation["challenge"]
    assert {"type": "public-key", "alg": -7} in creation["pubKeyCredParams"]
    assert creation["excludeCredentials"] == []
    await _registered(sdk, http, ann)
    request = json.loads(await _start_authentication(sdk, ann["user_id"]))
    assert request["rpId"] == DOMAIN
    again = json.loads(await _start_registration(sdk, ann))
    assert again["excludeCredentials"] == request["allowCredentials"] != []


async def test_a_registration_is_a_factor_and_the_users(sdk: Stytch, http: Http, ann: Json) -> None:
    answer = await _registered(sdk, http, ann)
    [registration] = answer.user.webauthn_registrations
    assert registration.webauthn_registration_id == answer.webauthn_registration_id
    assert (registration.domain, registration.verified) == (DOMAIN, True)
    assert answer.session is not None
    [factor] = answer.session.authentication_factors
    assert (factor.type, factor.delivery_method) == ("webauthn", "webauthn_registration")
    assert factor.webauthn_factor is not None
    assert factor.webauthn_factor.domain == DOMAIN
    deleted = await sdk.call(
        sdk.api.users.delete_webauthn_registration,
        webauthn_registration_id=answer.webauthn_registration_id,
    )
    assert deleted.user.webauthn_registrations == []


@pytest.mark.parametrize("named", [True, False])
async def test_a_passkey_is_one_more_factor_of_a_session(
    sdk: Stytch, http: Http, ann: Json, *, named: bool
) -> None:
    registered = await _registered(sdk, http, ann)
    first = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    options = await _start_authentication(sdk, ann["user_id"] if named else None)
    second = await sdk.call(
        sdk.api.webauthn.authenticate,
        public_key_credential=await _touch(http, options),
        session_token=first.session_token,
    )
    assert second.user_id == ann["user_id"]
    assert second.webauthn_registration_id == registered.webauthn_registration_id
    assert second.session_token != first.session_token
    assert second.session is not None
    assert [factor.type.value for factor in second.session.authentication_factors] == [
        "password",
        "webauthn",
    ]


async def test_a_credential_works_once(sdk: Stytch, http: Http, ann: Json) -> None:
    await _registered(sdk, http, ann)
    credential = await _touch(http, await _start_authentication(sdk))
    await sdk.call(sdk.api.webauthn.authenticate, public_key_credential=credential)
    assert (
        await sdk.refusal(sdk.api.webauthn.authenticate, public_key_credential=credential)
        == INVALID
    )


async def test_a_ceremony_takes_five_minutes_at_most(
    sdk: Stytch, http: Http, ann: Json, clock: Clock
) -> None:
    credential = await _touch(http, await _start_registration(sdk, ann))
    clock.offset += 300
    assert (
        await sdk.refusal(
            sdk.api.webauthn.register, user_id=ann["user_id"], public_key_credential=credential
        )
        == INVALID
    )


async def test_what_control_did_not_make_is_refused(sdk: Stytch, http: Http, ann: Json) -> None:
    started = await _start_registration(sdk, ann)
    made = json.loads(await _touch(http, started))
    untouched = json.loads(await _touch(http, await _start_registration(sdk, ann)))
    fresh = json.loads(await _start_registration(sdk, ann))
    assert fresh["challenge"]
    for credential in (
        "",
        "{}",
        "not json",
        json.dumps({**made, "id": "another"}),
        json.dumps({**made, "response": untouched["response"]}),
        json.dumps({**made, "response": {"clientDataJSON": "!"}}),
        json.dumps({**made, "response": {"clientDataJSON": "e30"}}),
    ):
        assert (
            await sdk.refusal(
                sdk.api.webauthn.register,
                user_id=ann["user_id"],
                public_key_credential=credential,
            )
            == INVALID
        )


async def test_a_registration_is_no_authentication_and_nobody_elses(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    bob = (await http.control("POST", "/users", {"email": "bob@example.com"}))["user"]
    credential = await _touch(http, await _start_registration(sdk, ann))
    assert (
        await sdk.refusal(sdk.api.webauthn.authenticate, public_key_credential=credential)
        == INVALID
    )
    assert (
        await sdk.refusal(
            sdk.api.webauthn.register, user_id=bob["user_id"], public_key_credential=credential
        )
        == INVALID
    )


async def test_a_refusal_says_how_to_get_a_good_one(http: Http) -> None:
    _, answer = await http.ask(
        "POST",
        "/v1/webauthn/authenticate",
        {"public_key_credential": "{}"},
        headers={"Authorization": http.basic},
    )
    assert CONTROL in answer["error_message"]


async def test_a_user_without_a_passkey_for_the_domain_cannot_start(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    await _registered(sdk, http, ann, "other.example.com")
    assert await sdk.refusal(
        sdk.api.webauthn.authenticate_start, domain=DOMAIN, user_id=ann["user_id"]
    ) == (404, "no_active_webauthn_registrations")


async def test_a_passkey_deleted_in_between_is_refused(sdk: Stytch, http: Http, ann: Json) -> None:
    registered = await _registered(sdk, http, ann)
    credential = await _touch(http, await _start_authentication(sdk))
    await sdk.call(
        sdk.api.users.delete_webauthn_registration,
        webauthn_registration_id=registered.webauthn_registration_id,
    )
    assert await sdk.refusal(sdk.api.webauthn.authenticate, public_key_credential=credential) == (
        404,
        "webauthn_registration_not_found",
    )


async def test_one_of_several_passkeys_must_be_named(sdk: Stytch, http: Http, ann: Json) -> None:
    registered = [await _registered(sdk, http, ann) for _ in range(2)]
    options = await _start_authentication(sdk)
    path = "/_emulator/webauthn/credentials"
    status, answer = await http.ask("POST", path, {"options": options})
    assert (status, answer["error_type"]) == (400, "bad_request")
    chosen = registered[1].webauthn_registration_id
    credential = await _touch(http, options, webauthn_registration_id=chosen)
    answered = await sdk.call(sdk.api.webauthn.authenticate, public_key_credential=credential)
    assert answered.webauthn_registration_id == chosen
    options = await _start_authentication(sdk)
    body = {"options": options, "webauthn_registration_id": "x"}
    status, answer = await http.ask("POST", path, body)
    assert (status, answer["error_type"]) == (404, "webauthn_registration_not_found")


@pytest.mark.parametrize(
    ("options", "expected"),
    [("x", (400, "bad_request")), ('{"challenge": "x"}', (404, "ceremony_not_found"))],
)
async def test_control_answers_only_options_that_were_given(
    http: Http, options: str, expected: tuple[int, str]
) -> None:
    status, answer = await http.ask("POST", "/_emulator/webauthn/credentials", {"options": options})
    assert (status, answer["error_type"]) == expected


async def test_a_user_cannot_collect_passkeys_without_end(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    for _ in range(10):
        await _registered(sdk, http, ann)
    assert await sdk.refusal(
        sdk.api.webauthn.register_start, user_id=ann["user_id"], domain=DOMAIN
    ) == (400, "bad_request")
