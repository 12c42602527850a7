"""Answers that arrive, but not as Stytch would give them."""

import json
from typing import Any

import pydantic
import pytest

from tests.contract.support import EmulatorThread, Http, Json, Stytch

SANDBOX = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"
SESSIONS = "/v1/sessions/authenticate"
FACTORS = "session.authentication_factors"


async def _set(http: Http, **fault: object) -> None:
    await http.control("POST", "/faults", {"endpoint": "sessions", **fault})


async def _authenticate(sdk: Stytch) -> Any:  # noqa: ANN401 - of any shape, that is the point
    return await sdk.call(sdk.api.sessions.authenticate, session_token=SANDBOX)


async def _raw(http: Http) -> tuple[int, str, str]:
    url, body = http.base_url + SESSIONS, {"session_token": SANDBOX}
    headers = {"Authorization": http.basic}
    async with http.session.post(url, json=body, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.text()


@pytest.mark.parametrize("kind", ["garbage", "truncate"])
async def test_what_is_no_json_comes_as_a_200(sdk: Stytch, http: Http, kind: str) -> None:
    await _set(http, kind=kind, times=2)
    status, content_type, text = await _raw(http)
    assert (status, content_type) == (200, "application/json")
    assert text.startswith("{") == (kind == "truncate")
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    with pytest.raises(pydantic.ValidationError):
        await _authenticate(sdk)
    await _authenticate(sdk)


async def test_a_truncated_answer_is_the_first_half(http: Http) -> None:
    whole = (await _raw(http))[2]
    await _set(http, kind="truncate")
    half = (await _raw(http))[2]
    assert abs(len(whole) - 2 * len(half)) <= 2
    assert '"user"' in half


@pytest.mark.parametrize("path", ["session", "user.user_id", f"{FACTORS}.type"])
async def test_a_field_can_be_missing(sdk: Stytch, http: Http, path: str) -> None:
    await _set(http, kind="alter", drop_fields=[path], times=1)
    with pytest.raises(pydantic.ValidationError, match=path.rsplit(".", maxsplit=1)[-1]):
        await _authenticate(sdk)
    await _authenticate(sdk)


async def test_fields_can_be_set(sdk: Stytch, http: Http) -> None:
    changes = {"session.roles": ["root"], "user.name.first_name": "Eve", "session_token": ""}
    await _set(http, kind="alter", set_fields=changes)
    answer = await _authenticate(sdk)
    assert answer.session.roles == ["root"]
    assert answer.user.name.first_name == "Eve"
    assert answer.session_token == ""
    await http.control("DELETE", "/faults")
    assert (await _authenticate(sdk)).session.roles == ["stytch_user"]


async def test_a_factor_can_be_of_a_kind_unknown_to_the_sdk(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="alter", set_fields={f"{FACTORS}.type": "telepathy"})
    with pytest.raises(pydantic.ValidationError, match="telepathy"):
        await _authenticate(sdk)


async def test_alterations_and_delays_add_up(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="alter", set_fields={"session.roles": ["a"]})
    await _set(http, kind="alter", set_fields={"session_token": "b"})
    await _set(http, kind="delay", seconds=0.01)
    answer = await _authenticate(sdk)
    assert (answer.session.roles, answer.session_token) == (["a"], "b")
    await _set(http, kind="truncate")
    with pytest.raises(pydantic.ValidationError):
        await _authenticate(sdk)


async def test_the_keys_can_be_empty_slow_or_down(
    sdk: Stytch, http: Http, server: EmulatorThread
) -> None:
    keys = {"endpoint": "sessions.get_jwks", "times": 1}
    project_id = server.emulator.project_id
    await _set(http, kind="alter", set_fields={"keys": []}, **keys)
    assert (await sdk.call(sdk.api.sessions.get_jwks, project_id=project_id)).keys == []
    await _set(http, kind="error", status=503, **keys)
    assert await sdk.refusal(sdk.api.sessions.get_jwks, project_id=project_id) == (
        503,
        "server_unavailable",
    )
    await _set(http, kind="delay", seconds=0.01, **keys)
    assert (await sdk.call(sdk.api.sessions.get_jwks, project_id=project_id)).keys
    await _set(http, kind="html", endpoint="/.well-known/jwks.json")
    async with http.session.get(f"{http.base_url}/.well-known/jwks.json") as answer:
        assert answer.status == 503


async def test_a_refusal_is_not_altered(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="alter", set_fields={"error_type": "x"})
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token="x" * 44) == (
        404,
        "session_not_found",
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "alter"},
        {"kind": "alter", "set_fields": {}, "drop_fields": []},
        {"kind": "drop", "drop_fields": ["user"]},
        {"kind": "alter", "set_fields": ["user"]},
    ],
)
async def test_an_alteration_that_alters_nothing_is_refused(http: Http, fault: Json) -> None:
    status, answer = await http.ask("POST", "/_emulator/faults", fault)
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert "set_fields" in answer["error_message"]
