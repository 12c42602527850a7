import asyncio
import time

import aiohttp
import pydantic
import pytest
import requests

from tests.contract.support import EmulatorThread, Http, Json, Stytch, refusal_of

SANDBOX = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"
BROKEN = (requests.ConnectionError, aiohttp.ClientError)


async def _set(http: Http, **fault: object) -> Json:
    answer: Json = (await http.control("POST", "/faults", fault))["fault"]
    return answer


async def _authenticate(sdk: Stytch) -> None:
    await sdk.call(sdk.api.sessions.authenticate, session_token=SANDBOX)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 429}, (429, "too_many_requests")),
        ({"status": 500}, (500, "internal_server_error")),
        ({"status": 503}, (503, "server_unavailable")),
        ({}, (500, "internal_server_error")),
        ({"status": 404, "error_type": "route_not_found"}, (404, "route_not_found")),
        ({"status": 403}, (403, "bad_request")),
    ],
)
async def test_an_error_can_be_ordered_in_stytchs_shape(
    sdk: Stytch, http: Http, fault: Json, expected: tuple[int, str]
) -> None:
    await _set(http, kind="error", **fault)
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=SANDBOX) == expected


async def test_a_page_of_html_can_be_ordered_instead_of_json(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="html")
    details = await refusal_of(_authenticate(sdk))
    assert (details.status_code, details.error_type) == (503, None)


async def test_a_200_without_a_session_can_be_ordered(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="empty")
    with pytest.raises(pydantic.ValidationError):
        await _authenticate(sdk)


async def test_a_dropped_connection_can_be_ordered(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="drop", times=1)
    with pytest.raises(BROKEN):
        await _authenticate(sdk)
    await _authenticate(sdk)


async def test_a_delay_can_be_ordered(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="delay", seconds=0.3, times=1)
    began = time.monotonic()
    await _authenticate(sdk)
    assert time.monotonic() - began >= 0.3
    assert (await http.control("GET", "/faults"))["faults"] == []


async def test_a_delayed_call_can_fail_too(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="delay", seconds=0.2)
    await _set(http, kind="error", status=500)
    began = time.monotonic()
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=SANDBOX) == (
        500,
        "internal_server_error",
    )
    assert time.monotonic() - began >= 0.2


async def test_a_hanging_call_ends_when_the_emulator_stops(
    http: Http, server: EmulatorThread
) -> None:
    await _set(http, kind="hang")
    url = f"{server.base_url}/v1/sessions/jwks/x"
    timeout = aiohttp.ClientTimeout(total=0.2)
    with pytest.raises(TimeoutError):
        await http.session.get(url, timeout=timeout)
    hanging = asyncio.create_task(http.ask("GET", "/v1/sessions/jwks/x"))
    await asyncio.sleep(0.1)
    await asyncio.to_thread(server.stop)
    with pytest.raises(aiohttp.ClientError):
        await hanging


@pytest.mark.parametrize(
    "endpoint", ["sessions", "sessions.authenticate", "/v1/sessions/auth", "/v1", None]
)
async def test_a_fault_meets_the_endpoint_it_was_set_for(
    sdk: Stytch, http: Http, endpoint: str | None
) -> None:
    await _set(http, kind="error", endpoint=endpoint, status=500)
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=SANDBOX) == (
        500,
        "internal_server_error",
    )


@pytest.mark.parametrize("endpoint", ["otps", "sessions.revoke", "/v1/otps", "users.get"])
async def test_a_fault_spares_every_other_endpoint(sdk: Stytch, http: Http, endpoint: str) -> None:
    await _set(http, kind="error", endpoint=endpoint, status=500)
    await _authenticate(sdk)


async def test_the_keys_can_fail_alone(sdk: Stytch, http: Http, server: EmulatorThread) -> None:
    await _set(http, kind="error", endpoint="sessions.get_jwks", status=503)
    await _authenticate(sdk)
    assert await sdk.refusal(sdk.api.sessions.get_jwks, project_id=server.emulator.project_id) == (
        503,
        "server_unavailable",
    )


async def test_a_fault_is_used_up_after_so_many_calls(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="error", status=500, times=2)
    for _ in range(2):
        await sdk.refusal(sdk.api.sessions.authenticate, session_token=SANDBOX)
    await _authenticate(sdk)
    assert (await http.control("GET", "/faults"))["faults"] == []


async def test_faults_are_listed_and_cleared(sdk: Stytch, http: Http) -> None:
    first = await _set(http, kind="error", status=500)
    second = await _set(http, kind="drop", endpoint="otps")
    assert (await http.control("GET", "/faults"))["faults"] == [first, second]
    assert (await http.control("DELETE", f"/faults/{first['fault_id']}"))["cleared"] == 1
    assert (await http.control("GET", "/faults"))["faults"] == [second]
    assert (await http.control("DELETE", "/faults"))["cleared"] == 1
    await _authenticate(sdk)


async def test_calls_are_counted_by_endpoint_whatever_they_meet(sdk: Stytch, http: Http) -> None:
    await _set(http, kind="error", status=500, times=1)
    await sdk.refusal(sdk.api.sessions.authenticate, session_token=SANDBOX)
    await _authenticate(sdk)
    calls = (await http.control("GET", "/calls"))["calls"]
    assert (calls["sessions.authenticate"], calls["otps.sms.send"]) == (2, 0)
    assert (await http.control("DELETE", "/calls"))["calls"] == calls
    assert set((await http.control("GET", "/calls"))["calls"].values()) == {0}


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({}, "kind"),
        ({"kind": "earthquake"}, "kind"),
        ({"kind": "delay"}, "seconds"),
        ({"kind": "drop", "seconds": 1}, "seconds"),
        ({"kind": "delay", "seconds": -1}, "seconds"),
        ({"kind": "delay", "seconds": "1"}, "seconds"),
        ({"kind": "drop", "status": 500}, "status"),
        ({"kind": "error", "status": 200}, "status"),
        ({"kind": "html", "error_type": "x"}, "error_type"),
        ({"kind": "drop", "times": 0}, "times"),
        ({"kind": "drop", "endpoint": "session"}, "endpoint"),
        ({"kind": "drop", "endpoint": "/_emulator"}, "endpoint"),
        ({"kind": "drop", "endpoints": "sessions"}, "endpoints"),
    ],
)
async def test_a_fault_that_makes_no_sense_is_refused(http: Http, fault: Json, named: str) -> None:
    status, answer = await http.ask("POST", "/_emulator/faults", fault)
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert named in answer["error_message"]


async def test_there_is_an_end_to_faults(http: Http) -> None:
    for _ in range(100):
        await _set(http, kind="drop", endpoint="otps")
    status, _ = await http.ask("POST", "/_emulator/faults", {"kind": "drop"})
    assert status == 400


async def test_an_unknown_fault_cannot_be_cleared(http: Http) -> None:
    status, answer = await http.ask("DELETE", "/_emulator/faults/7")
    assert (status, answer["error_type"]) == (404, "fault_not_found")
