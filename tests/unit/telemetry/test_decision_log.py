"""One JSON line per decision, with nothing secret in it."""

import io
import json

import pytest
from multidict import CIMultiDict

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.observers import DecisionEvent
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Credentials, ProxyRequest
from authz_sidecar.core.session import Active, Session, Source
from authz_sidecar.telemetry.decision_log import DecisionLog

REQUEST = ProxyRequest(CIMultiDict({"Cookie": "stytch_session=hidden"}), "request-1", 1_800_000_000)
ACCESS = AccessRequest(
    "GET",
    "https",
    "shop.example.com",
    "shop.example.com:8443",
    "/pay?hidden=1",
    Credentials(("hidden",)),
    navigation=True,
)
EVIDENCE = Active(Session("session-1", "user-1", 9e9, {}), Source.CACHE, 1.0)
DECISION = Decision(Reason.REQUIREMENT_MET, "shop", "rest", EVIDENCE)


def logged(decision: Decision, access: AccessRequest | None) -> str:
    stream = io.BytesIO()
    event = DecisionEvent("nginx", REQUEST, access, decision, 0.0123456)
    DecisionLog(stream).decided(event)
    return stream.getvalue().decode()


def test_a_decision_is_one_line_of_json() -> None:
    line = logged(DECISION, ACCESS)
    assert line.endswith("\n")
    assert json.loads(line) == {
        "time": "2027-01-15T08:00:00.000+00:00",
        "request_id": "request-1",
        "dialect": "nginx",
        "upstream": "shop",
        "rule": "rest",
        "decision": "allow",
        "reason": "requirement_met",
        "ms": 12.346,
        "method": "GET",
        "scheme": "https",
        "host": "shop.example.com",
        "path": "/pay",
        "user_id": "user-1",
        "session_id": "session-1",
        "evidence": "cache",
    }


def test_what_is_unknown_is_left_out() -> None:
    line = logged(Decision(Reason.BAD_HOST, detail="the host is no host name"), None)
    assert json.loads(line) == {
        "time": "2027-01-15T08:00:00.000+00:00",
        "request_id": "request-1",
        "dialect": "nginx",
        "upstream": "none",
        "rule": "none",
        "decision": "malformed",
        "reason": "bad_host",
        "ms": 12.346,
        "detail": "the host is no host name",
    }


def test_no_token_cookie_or_query_is_logged() -> None:
    assert "hidden" not in logged(DECISION, ACCESS)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ('/a"b\\', '/a"b\\'),
        ("/a\r\nb", "/a\r\nb"),
        ("/\udcff", "/\\udcff"),
        ("/" + "a" * 2000, "/" + "a" * 1023),
    ],
)
def test_no_path_can_forge_a_line(target: str, path: str) -> None:
    access = AccessRequest("GET", "http", "h", "h", target, Credentials(), navigation=False)
    line = logged(Decision(Reason.BAD_PATH), access)
    assert line.count("\n") == 1
    assert json.loads(line)["path"] == path
