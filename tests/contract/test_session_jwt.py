import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Clock, EmulatorThread, Http, Stytch

pytestmark = pytest.mark.usefixtures("ann")


async def _session_jwt(sdk: Stytch) -> str:
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    return answer.session_jwt


async def test_the_keys_are_public_and_complete(
    sdk: Stytch, http: Http, server: EmulatorThread
) -> None:
    project_id = server.emulator.project_id
    keys = (await sdk.call(sdk.api.sessions.get_jwks, project_id=project_id)).keys
    assert [(key.kty, key.use, key.alg, key.key_ops) for key in keys] == [
        ("RSA", "sig", "RS256", ["verify"])
    ]
    assert keys[0].kid.startswith("jwk-test-")
    status, answer = await http.ask("GET", f"/v1/sessions/jwks/{project_id}")
    assert status == 200
    assert answer["keys"][0]["kid"] == keys[0].kid


async def test_another_projects_keys_are_not_found(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.sessions.get_jwks, project_id="project-test-other") == (
        404,
        "project_not_found",
    )


async def test_a_jwt_carries_what_stytchs_own_carry(sdk: Stytch, server: EmulatorThread) -> None:
    token = await _session_jwt(sdk)
    key = RSAKey.import_key({k: v for k, v in _public_key(server).items() if v})
    decoded = jwt.decode(token, key, algorithms=["RS256"])
    assert decoded.header == {"alg": "RS256", "typ": "JWT", "kid": _public_key(server)["kid"]}
    claims = decoded.claims
    assert claims["aud"] == [server.emulator.project_id]
    assert claims["iss"] == f"stytch.com/{server.emulator.project_id}"
    assert claims["sub"].startswith("user-test-")
    assert (claims["exp"] - claims["iat"], claims["nbf"]) == (300, claims["iat"])
    session = claims["https://stytch.com/session"]
    assert set(session) == {
        "id",
        "started_at",
        "last_accessed_at",
        "expires_at",
        "attributes",
        "authentication_factors",
        "roles",
    }
    assert session["roles"] == ["stytch_user"]
    assert set(session["authentication_factors"][0]) == {
        "type",
        "delivery_method",
        "last_authenticated_at",
    }


def _public_key(server: EmulatorThread) -> dict[str, str]:
    [key] = server.emulator.jwts.jwks()
    return {name: str(key[name]) for name in ("kty", "n", "e", "kid")}


async def test_the_sdk_verifies_a_jwt_without_asking_stytch(sdk: Stytch, http: Http) -> None:
    token = await _session_jwt(sdk)
    await http.control("DELETE", "/calls")
    answer = await sdk.call(sdk.api.sessions.authenticate_jwt, session_jwt=token)
    assert answer.request_id == ""
    calls = (await http.control("GET", "/calls"))["calls"]
    assert (calls["sessions.authenticate"], calls["sessions.get_jwks"]) == (0, 1)


async def test_an_expired_jwt_of_a_live_session_is_answered_with_a_new_one(
    sdk: Stytch, clock: Clock
) -> None:
    clock.offset = -400
    token = await _session_jwt(sdk)
    assert await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=token) is None
    clock.offset = 0
    answer = await sdk.call(sdk.api.sessions.authenticate_jwt, session_jwt=token)
    assert answer.request_id != ""
    assert answer.session_jwt != token
    assert await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=answer.session_jwt)


@pytest.mark.parametrize("garbage", ["", "x", "a.b.c", "é.é.é", "..", "bnVsbA.e30.AA"])
async def test_what_is_no_jwt_is_refused(sdk: Stytch, garbage: str) -> None:
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_jwt=garbage) == (
        400,
        "unable_to_parse_session_jwt",
    )


async def test_a_jwt_signed_by_somebody_else_is_refused(sdk: Stytch) -> None:
    key = RSAKey.generate_key(2048)
    forged = jwt.encode({"alg": "RS256"}, {"sub": "user-test-x"}, key)
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_jwt=forged) == (
        400,
        "unable_to_parse_session_jwt",
    )


async def test_keys_rotate_and_the_old_one_is_kept_for_a_while(
    sdk: Stytch, http: Http, server: EmulatorThread
) -> None:
    old = await _session_jwt(sdk)
    kid = (await http.control("POST", "/keys/rotate"))["kid"]
    new = await _session_jwt(sdk)
    project_id = server.emulator.project_id
    keys = (await sdk.call(sdk.api.sessions.get_jwks, project_id=project_id)).keys
    assert (len(keys), keys[0].kid) == (2, kid)
    for token in (old, new):
        assert await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=token)


async def test_a_dropped_key_makes_its_jwts_worthless(sdk: Stytch, http: Http) -> None:
    old = await _session_jwt(sdk)
    await http.control("POST", "/keys/rotate", {"keep_old": False})
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_jwt=old) == (
        400,
        "unable_to_parse_session_jwt",
    )


async def test_a_revoked_sessions_jwt_still_verifies_locally(sdk: Stytch) -> None:
    token = await _session_jwt(sdk)
    await sdk.call(sdk.api.sessions.revoke, session_jwt=token)
    assert await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=token)
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_jwt=token) == (
        404,
        "session_not_found",
    )
