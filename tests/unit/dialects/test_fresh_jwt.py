"""A session JWT that Stytch renewed is handed back as one cookie, or not at all."""

from dataclasses import replace

import pytest

from authz_sidecar.core.decision import Decision
from authz_sidecar.core.reasons import Reason
from authz_sidecar.core.request import AccessRequest, Credentials
from authz_sidecar.core.session import Active, Session, Source
from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.fresh_jwt import FreshJwtCookie

COOKIE = FreshJwtCookie("stytch_session_jwt", "/", "example.com")
EVIDENCE = Active(Session("s", "u", 4600.0, {}), Source.STYTCH, 1000.0, "new.jwt-1.sig_2")
ALLOWED = Decision(Reason.REQUIREMENT_MET, "shop", "rest", EVIDENCE, 1030.0)
ASKED = AccessRequest(
    "GET",
    "https",
    "shop.example.com",
    "shop.example.com",
    "/",
    Credentials(session_jwts=("old.jwt.sig",)),
    navigation=True,
)


def set_cookie(
    decision: Decision = ALLOWED,
    request: AccessRequest | None = ASKED,
    cookie: FreshJwtCookie | None = COOKIE,
) -> set[str | None]:
    """The cookie that each dialect sets."""
    config = DialectConfig("stytch_session", fresh_jwt=cookie)
    replies = (make(config).write(decision, request) for make in DIALECTS.values())
    return {reply.headers.get("Set-Cookie") for reply in replies}


def test_the_cookie_is_the_one_that_the_browser_sdk_would_set() -> None:
    attributes = "Path=/; Domain=example.com; Max-Age=3600; SameSite=Lax; Secure"
    assert set_cookie() == {f"stytch_session_jwt=new.jwt-1.sig_2; {attributes}"}


def test_without_a_domain_it_is_the_hosts_alone_and_without_https_it_is_not_secure() -> None:
    cookie = FreshJwtCookie("jwt", "/app")
    assert set_cookie(request=replace(ASKED, scheme="http"), cookie=cookie) == {
        "jwt=new.jwt-1.sig_2; Path=/app; Max-Age=3600; SameSite=Lax"
    }


@pytest.mark.parametrize(
    ("decision", "request_"),
    [
        (ALLOWED, None),
        (ALLOWED, replace(ASKED, upgrade=True)),
        (replace(ALLOWED, evidence=replace(EVIDENCE, fresh_jwt="")), ASKED),
        (replace(ALLOWED, evidence=replace(EVIDENCE, fresh_jwt="a.b.c; Domain=evil")), ASKED),
        (replace(ALLOWED, evidence=replace(EVIDENCE, fresh_jwt="a.b.c\r\nX: 1")), ASKED),
        (replace(ALLOWED, evidence=None), ASKED),
        (replace(ALLOWED, reason=Reason.PUBLIC), ASKED),
        (replace(ALLOWED, reason=Reason.ROLE_MISSING), ASKED),
    ],
)
def test_otherwise_there_is_none(decision: Decision, request_: AccessRequest | None) -> None:
    assert set_cookie(decision, request_) == {None}


def test_it_is_off_unless_configured() -> None:
    assert set_cookie(cookie=None) == {None}


def test_the_new_jwt_does_not_show_when_evidence_is_printed() -> None:
    assert "new.jwt" not in repr(EVIDENCE)
