"""What Stytch's edge does: credentials, routes, bodies and the shape of an error."""

import aiohttp
import pytest
import requests

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET
from tests.contract.support import EmulatorThread, Http, Json, Stytch, refusal_of, sdk_client

SESSIONS = "/v1/sessions/authenticate"


@pytest.mark.parametrize(
    ("project_id", "secret", "expected"),
    [
        (DEFAULT_PROJECT_ID, "wrong", (401, "unauthorized_credentials")),
        ("project-test-wrong", DEFAULT_SECRET, (400, "invalid_project_id_authentication")),
        ("project-test-wrong", "wrong", (400, "invalid_project_id_authentication")),
    ],
)
@pytest.mark.parametrize("blocking", [True, False])
async def test_wrong_project_credentials_are_refused(
    server: EmulatorThread,
    project_id: str,
    secret: str,
    expected: tuple[int, str],
    *,
    blocking: bool,
) -> None:
    with requests.Session() as sync_session:
        async with aiohttp.ClientSession() as async_session:
            client = sdk_client(
                server.base_url,
                project_id=project_id,
                secret=secret,
                sync_session=sync_session,
                async_session=async_session,
            )
            sdk = Stytch(client, blocking=blocking)
            assert await sdk.refusal(client.users.get, user_id="user-test-x") == expected


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer x", "Basic \u00e9"]
)
async def test_what_is_not_http_basic_is_refused(http: Http, header: str) -> None:
    headers = {"Authorization": header}
    status, answer = await http.ask("POST", SESSIONS, {}, headers=headers)
    assert (status, answer["error_type"]) == (401, "invalid_authorization_header")


async def test_an_error_has_the_five_keys_of_stytch(sdk: Stytch) -> None:
    details = await refusal_of(sdk.call(sdk.api.sessions.authenticate, session_token="x" * 44))
    assert details.original_json is not None
    assert set(details.original_json) == {
        "status_code",
        "request_id",
        "error_type",
        "error_message",
        "error_url",
    }
    assert (details.request_id or "").startswith("request-id-test-")


async def test_an_unknown_route_is_not_mistaken_for_a_dead_session(sdk: Stytch) -> None:
    assert await sdk.refusal(sdk.api.debug.whoami) == (404, "route_not_found")


async def test_a_wrong_method_is_refused(http: Http) -> None:
    status, answer = await http.ask("GET", SESSIONS, headers={"Authorization": http.basic})
    assert (status, answer["error_type"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("path", "raw", "named"),
    [
        (SESSIONS, b"{", "body"),
        (SESSIONS, b"[]", "object"),
        (SESSIONS, b'{"session_token": 1}', "session_token"),
        (SESSIONS, b'{"session_token": "\xff"}', "body"),
        ("/v1/passwords", b'{"email": "a@example.com"}', "password"),
        ("/v1/passwords/authenticate", b"", "email"),
        ("/v1/passwords/authenticate", b'{"email": "a@b", "password": "\\ud800"}', "body"),
        ("/v1/otps/authenticate", b'{"code": "123456"}', "method_id"),
        ("/v1/otps/sms/send", b"{}", "phone_number"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_by_name(
    http: Http, path: str, raw: bytes, named: str
) -> None:
    status, answer = await http.ask("POST", path, raw=raw, headers={"Authorization": http.basic})
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert named in answer["error_message"]


async def test_a_missing_query_value_is_refused_by_name(http: Http) -> None:
    status, answer = await http.ask("GET", "/v1/sessions", headers={"Authorization": http.basic})
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert "user_id" in answer["error_message"]


async def test_a_huge_body_is_refused(http: Http) -> None:
    raw = b'{"session_token": "' + b"x" * 70_000 + b'"}'
    status, answer = await http.ask(
        "POST", SESSIONS, raw=raw, headers={"Authorization": http.basic}
    )
    assert (status, answer["status_code"]) == (413, 413)


async def test_fields_the_emulator_does_not_know_and_stray_queries_change_nothing(
    http: Http, ann: Json
) -> None:
    body = {"email": ann["emails"][0]["email"], "password": "wrong", "telemetry_id": "x"}
    path = "/v1/passwords/authenticate?project_id=x&user_id=y"
    status, answer = await http.ask("POST", path, body, headers={"Authorization": http.basic})
    assert (status, answer["error_type"]) == (401, "unauthorized_credentials")


async def test_a_fault_of_the_emulator_itself_is_a_500_in_stytchs_shape(
    http: Http,
    server: EmulatorThread,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(server.emulator, "sessions")
    status, answer = await http.ask(
        "POST", SESSIONS, {"session_token": "x"}, headers={"Authorization": http.basic}
    )
    assert (status, answer["error_type"]) == (500, "internal_server_error")
