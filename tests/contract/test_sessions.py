from typing import Any

import pytest
from stytch.consumer.models.attribute import Attributes
from stytch.consumer.models.passwords import AuthenticateResponse

from authz_sidecar.emulator.totp import code_at
from tests.contract.conftest import EMAIL, PASSWORD, PHONE
from tests.contract.support import Clock, Http, Json, Stytch

NOT_FOUND = (404, "session_not_found")


async def _signed_in(sdk: Stytch, claims: Json | None = None) -> AuthenticateResponse:
    return await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
        session_custom_claims=claims,
    )


@pytest.mark.usefixtures("ann")
async def test_a_token_is_answered_with_itself_and_a_fresh_jwt(sdk: Stytch, clock: Clock) -> None:
    first = await _signed_in(sdk)
    assert first.session is not None
    clock.offset += 10
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=first.session_token)
    assert answer.session_token == first.session_token
    assert answer.session_jwt != first.session_jwt
    assert answer.user.user_id == first.user_id
    assert answer.session.session_id == first.session.session_id
    assert answer.session.expires_at == first.session.expires_at
    assert answer.session.started_at == first.session.started_at
    assert answer.session.last_accessed_at is not None
    assert first.session.last_accessed_at is not None
    assert answer.session.last_accessed_at > first.session.last_accessed_at


@pytest.mark.usefixtures("ann")
async def test_a_jwt_is_answered_without_the_token(sdk: Stytch) -> None:
    first = await _signed_in(sdk)
    answer = await sdk.call(sdk.api.sessions.authenticate, session_jwt=first.session_jwt)
    assert answer.session_token == ""
    assert answer.session.session_id == (first.session and first.session.session_id)


@pytest.mark.usefixtures("ann")
async def test_only_a_duration_moves_the_end_of_a_session(sdk: Stytch, clock: Clock) -> None:
    token = (await _signed_in(sdk)).session_token
    clock.offset += 3590
    await sdk.call(sdk.api.sessions.authenticate, session_token=token, session_duration_minutes=5)
    clock.offset += 290
    await sdk.call(sdk.api.sessions.authenticate, session_token=token)
    clock.offset += 10
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=token) == NOT_FOUND


async def test_exactly_one_of_token_and_jwt_is_wanted(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token="x", session_jwt="y") == (
        400,
        "too_many_session_arguments",
    )
    assert await sdk.refusal(sdk.api.sessions.authenticate) == (400, "no_session_arguments")


async def test_an_unknown_token_is_not_found(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token="x" * 44) == NOT_FOUND


@pytest.mark.parametrize("by", ["session_id", "session_token", "session_jwt"])
@pytest.mark.usefixtures("ann")
async def test_a_session_can_be_revoked_in_three_ways(sdk: Stytch, by: str) -> None:
    first = await _signed_in(sdk)
    assert first.session is not None
    keys: Json = {
        "session_id": first.session.session_id,
        "session_token": first.session_token,
        "session_jwt": first.session_jwt,
    }
    await sdk.call(sdk.api.sessions.revoke, **{by: keys[by]})
    for key in ("session_token", "session_jwt"):
        assert await sdk.refusal(sdk.api.sessions.authenticate, **{key: keys[key]}) == NOT_FOUND
    assert await sdk.refusal(sdk.api.sessions.revoke, **{by: keys[by]}) == NOT_FOUND


async def test_exactly_one_way_to_revoke_is_wanted(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.sessions.revoke, session_id="x", session_token="y") == (
        400,
        "too_many_session_revoke_arguments",
    )
    assert await sdk.refusal(sdk.api.sessions.revoke) == (400, "no_session_revoke_arguments")


async def test_a_users_live_sessions_are_listed(sdk: Stytch, ann: Json) -> None:
    first, second = await _signed_in(sdk), await _signed_in(sdk)
    assert first.session is not None
    assert second.session is not None
    listed = await sdk.call(sdk.api.sessions.get, user_id=ann["user_id"])
    assert [session.session_id for session in listed.sessions] == [
        first.session.session_id,
        second.session.session_id,
    ]
    await sdk.call(sdk.api.sessions.revoke, session_id=first.session.session_id)
    listed = await sdk.call(sdk.api.sessions.get, user_id=ann["user_id"])
    assert [session.session_id for session in listed.sessions] == [second.session.session_id]


async def test_sessions_and_users_of_an_unknown_id_are_not_found(sdk: Stytch) -> None:
    expected = (404, "user_not_found")
    assert await sdk.refusal(sdk.api.sessions.get, user_id="user-test-none") == expected
    assert await sdk.refusal(sdk.api.users.get, user_id="user-test-none") == expected


async def test_a_user_is_answered_flat_with_roles_and_name(sdk: Stytch, http: Http) -> None:
    body = {
        "email": EMAIL,
        "phone_number": "+12025550162",
        "roles": ["admin"],
        "name": {"first_name": "Ann", "last_name": "Example"},
    }
    made = (await http.control("POST", "/users", body))["user"]
    user = await sdk.call(sdk.api.users.get, user_id=made["user_id"])
    assert user.roles == ["stytch_user", "admin"]
    assert user.status == "active"
    assert not user.is_locked
    assert user.created_at is not None
    assert user.password is None
    assert user.name is not None
    assert (user.name.first_name, user.name.last_name) == ("Ann", "Example")


async def test_every_way_to_authenticate_takes_claims_and_a_duration(
    sdk: Stytch, http: Http, ann: Json, clock: Clock
) -> None:
    token = (await _signed_in(sdk)).session_token
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE, session_token=token)
    link = await sdk.call(sdk.api.magic_links.create, user_id=ann["user_id"])
    totp = await sdk.call(sdk.api.totps.create, user_id=ann["user_id"])
    login = {"provider": "google", "user_id": ann["user_id"]}
    oauth = (await http.control("POST", "/oauth/tokens", login))["token"]
    started = await sdk.call(
        sdk.api.webauthn.register_start, user_id=ann["user_id"], domain="example.com"
    )
    options = {"options": started.public_key_credential_creation_options}
    made = await http.control("POST", "/webauthn/credentials", options)
    whose: Json = {"user_id": ann["user_id"]}
    calls: list[tuple[Any, Json]] = [
        (sdk.api.passwords.authenticate, {"email": EMAIL, "password": PASSWORD}),
        (
            sdk.api.otps.authenticate,
            {"method_id": sent.phone_id, "code": await http.last_code(address=PHONE)},
        ),
        (sdk.api.magic_links.authenticate, {"token": link.token}),
        (
            sdk.api.totps.authenticate,
            {**whose, "totp_code": code_at(totp.secret, clock())},
        ),
        (sdk.api.totps.recover, {**whose, "recovery_code": totp.recovery_codes[0]}),
        (sdk.api.oauth.authenticate, {"token": oauth}),
        (
            sdk.api.webauthn.register,
            {**whose, "public_key_credential": made["public_key_credential"]},
        ),
    ]
    for number, (method, proof) in enumerate(calls, start=1):
        clock.offset += 1
        answer = await sdk.call(
            method,
            **proof,
            session_token=token,
            session_duration_minutes=60 + number,
            session_custom_claims={f"c{number}": number, f"c{number - 1}": None, "exp": 1},
        )
        token = answer.session_token
        checked = await sdk.call(sdk.api.sessions.authenticate, session_token=token)
        session = checked.session
        assert session.custom_claims == {f"c{number}": number}
        assert session.started_at is not None
        assert session.expires_at is not None
        assert (session.expires_at - session.started_at).total_seconds() == (60 + number) * 60
        assert len(session.authentication_factors) == max(number, 1)


@pytest.mark.usefixtures("ann")
async def test_custom_claims_come_and_go_with_authentications(sdk: Stytch) -> None:
    first = await _signed_in(sdk, {"plan": "free", "iss": "me", "n": 1})
    assert first.session is not None
    assert first.session.custom_claims == {"plan": "free", "n": 1}
    answer = await sdk.call(
        sdk.api.sessions.authenticate,
        session_token=first.session_token,
        session_custom_claims={"plan": "paid", "n": None},
    )
    assert answer.session.custom_claims == {"plan": "paid"}
    local = await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=answer.session_jwt)
    assert local is not None
    assert local.custom_claims == {"plan": "paid"}


@pytest.mark.parametrize(
    ("claims", "error_type"),
    [
        ({"https://stytch.com/session": {}}, "stytch_claims_in_custom_claims"),
        ({"big": "x" * 4096}, "custom_claims_too_large"),
    ],
)
@pytest.mark.usefixtures("ann")
async def test_claims_that_forge_or_burst_are_refused(
    sdk: Stytch, claims: Json, error_type: str
) -> None:
    token = (await _signed_in(sdk)).session_token
    assert await sdk.refusal(
        sdk.api.sessions.authenticate, session_token=token, session_custom_claims=claims
    ) == (400, error_type)


async def test_attributes_given_with_a_code_are_kept(sdk: Stytch) -> None:
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number="+10000000000")
    first = await sdk.call(
        sdk.api.otps.authenticate,
        method_id=sent.phone_id,
        code="000000",
        session_duration_minutes=60,
        attributes={"ip_address": "203.0.113.7", "user_agent": "test"},
    )
    assert first.session is not None
    assert first.session.attributes == Attributes(ip_address="203.0.113.7", user_agent="test")
