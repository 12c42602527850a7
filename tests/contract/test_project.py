"""Control of the project: its clock, and what its JWTs say."""

import jwt as pyjwt
import pytest
from joserfc.jwk import RSAKey
from joserfc.jwt import decode

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import EmulatorThread, Http, Json, Stytch

pytestmark = pytest.mark.usefixtures("ann")


async def _session(sdk: Stytch) -> tuple[str, str]:
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    return answer.session_token, answer.session_jwt


def _claims(token: str, keys: Json) -> Json:
    key = RSAKey.import_key({name: keys["keys"][0][name] for name in ("kty", "n", "e")})
    return dict(decode(token, key, algorithms=["RS256"]).claims)


@pytest.mark.parametrize("seconds", [-90, 90])
async def test_a_clock_that_goes_wrong_shows_in_every_time(
    sdk: Stytch, http: Http, server: EmulatorThread, seconds: int
) -> None:
    real = server.emulator.now()
    await http.control("PUT", "/clock", {"offset_seconds": seconds})
    token, jwt = await _session(sdk)
    claims = _claims(jwt, (await http.ask("GET", "/.well-known/jwks.json"))[1])
    answer = await sdk.call(sdk.api.sessions.authenticate, session_token=token)
    assert answer.session.started_at is not None
    proven_at = answer.session.authentication_factors[0].last_authenticated_at
    assert proven_at is not None
    for moment in (claims["iat"], answer.session.started_at.timestamp(), proven_at.timestamp()):
        assert 0 <= moment - int(real + seconds) <= 30
    local = await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=jwt)
    # A clock that is ahead makes JWTs that are not valid yet; the SDK has no leeway.
    assert (local is None) == (seconds > 0)


async def test_a_clock_put_forward_ends_sessions(sdk: Stytch, http: Http) -> None:
    token, _ = await _session(sdk)
    answer = await http.control("PUT", "/clock", {"offset_seconds": 3600})
    assert (await http.control("GET", ""))["clock_offset_seconds"] == 3600
    assert answer["now"].endswith("Z")
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=token) == (
        404,
        "session_not_found",
    )


async def test_jwts_can_name_another_issuer_and_one_more_audience(
    sdk: Stytch, http: Http, server: EmulatorThread
) -> None:
    said = {"issuer": server.base_url, "custom_audience": "my-api"}
    assert said.items() <= (await http.control("PUT", "/jwts", said)).items()
    _, jwt = await _session(sdk)
    claims = pyjwt.decode(jwt, options={"verify_signature": False})
    assert (claims["iss"], claims["aud"]) == (
        server.base_url,
        [server.emulator.project_id, "my-api"],
    )
    local = await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=jwt)
    assert local is not None
    await http.control("PUT", "/jwts", {"issuer": "https://auth.example.com"})
    _, jwt = await _session(sdk)
    assert await sdk.call(sdk.api.sessions.authenticate_jwt_local, session_jwt=jwt) is None
    await sdk.call(sdk.api.sessions.authenticate, session_jwt=jwt)
    await http.control("PUT", "/jwts", {})
    _, jwt = await _session(sdk)
    claims = pyjwt.decode(jwt, options={"verify_signature": False})
    assert claims["aud"] == [server.emulator.project_id]
    assert claims["iss"] == f"stytch.com/{server.emulator.project_id}"


async def test_a_custom_domain_serves_the_same_keys(http: Http, server: EmulatorThread) -> None:
    _, own = await http.ask("GET", f"/v1/sessions/jwks/{server.emulator.project_id}")
    _, custom = await http.ask("GET", "/.well-known/jwks.json")
    assert own["keys"] == custom["keys"] != []


@pytest.mark.parametrize(
    ("path", "body", "named"),
    [
        ("/clock", {}, "offset_seconds"),
        ("/clock", {"offset_seconds": 1e9}, "offset_seconds"),
        ("/clock", {"offset": 1}, "offset"),
        ("/jwts", {"issuer": ""}, "issuer"),
        ("/jwts", {"aud": "x"}, "aud"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    http: Http, path: str, body: Json, named: str
) -> None:
    status, answer = await http.ask("PUT", f"/_emulator{path}", body)
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert named in answer["error_message"]
