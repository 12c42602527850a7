"""The endpoints of magic links: by e-mail, by invitation, and embeddable ones.

Source: https://stytch.com/docs/api-reference/consumer/api/magic-links/authenticate
"""

import msgspec

from authz_sidecar.emulator import recipients, sandbox
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.factors import Factor, magic_link_factor, proven_now
from authz_sidecar.emulator.links import Link, unable_to_auth_magic_link
from authz_sidecar.emulator.messages import Message
from authz_sidecar.emulator.profiles import Profile, apply_profile
from authz_sidecar.emulator.recipients import NamedUser
from authz_sidecar.emulator.sign_in import SessionArguments, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Email, User
from authz_sidecar.emulator.wire import Json, is_url, with_query

_HOUR = 60
_WEEK = 7 * 24 * 60
_MIN_MINUTES = 5


class _Options(msgspec.Struct, kw_only=True):
    ip_match_required: bool = False
    user_agent_match_required: bool = False


class _Send(NamedUser, kw_only=True):
    email: str
    login_magic_link_url: str | None = None
    login_expiration_minutes: int = _HOUR
    code_challenge: str | None = None


class _Login(msgspec.Struct, kw_only=True):
    email: str
    login_magic_link_url: str | None = None
    signup_magic_link_url: str | None = None
    login_expiration_minutes: int = _HOUR
    signup_expiration_minutes: int = _WEEK
    code_challenge: str | None = None
    create_user_as_pending: bool = False


class _Invite(Profile, kw_only=True):
    email: str
    invite_magic_link_url: str | None = None
    invite_expiration_minutes: int = _HOUR


class _Revoke(msgspec.Struct, kw_only=True):
    email: str


class _Create(msgspec.Struct, kw_only=True):
    user_id: str
    expiration_minutes: int = _HOUR


class _Authenticate(SessionArguments, kw_only=True):
    token: str
    options: _Options | None = None
    code_verifier: str | None = None


def _send(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Send)
    _require_urls(body.login_magic_link_url)
    expires_at = _expires_at(emulator, body.login_expiration_minutes)
    user, email = recipients.with_email(emulator, body.email, body)
    link = _link(user, email, expires_at, body.code_challenge)
    _mail(emulator, link, email, body.login_magic_link_url)
    return {"user_id": user.user_id, "email_id": email.email_id}


def _login_or_create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Login)
    _require_urls(body.login_magic_link_url, body.signup_magic_link_url)
    login_until = _expires_at(emulator, body.login_expiration_minutes)
    signup_until = _expires_at(emulator, body.signup_expiration_minutes)
    user, email, created = recipients.by_email(
        emulator, body.email, pending=body.create_user_as_pending
    )
    link = _link(user, email, signup_until if created else login_until, body.code_challenge)
    url = body.signup_magic_link_url if created else body.login_magic_link_url
    _mail(emulator, link, email, url)
    return {"user_id": user.user_id, "email_id": email.email_id, "user_created": created}


def _invite(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Invite)
    _require_urls(body.invite_magic_link_url)
    expires_at = _expires_at(emulator, body.invite_expiration_minutes)
    user, email, _ = recipients.by_email(emulator, body.email, pending=True)
    if not user.pending:
        raise ApiError(400, "duplicate_email", "A user with this email already exists.")
    apply_profile(emulator.users, user, body)
    link = _link(user, email, expires_at, None)
    link.invites = True
    _mail(emulator, link, email, body.invite_magic_link_url)
    return {"user_id": user.user_id, "email_id": email.email_id}


def _revoke_invite(emulator: Emulator, call: Call) -> Json:
    user, _ = recipients.with_email(emulator, call.body(_Revoke).email, NamedUser())
    emulator.links.revoke_invites(user.user_id)
    return {}


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Create)
    expires_at = _expires_at(emulator, body.expiration_minutes)
    user = emulator.users.get(body.user_id)
    link = emulator.links.add(Link(user_id=user.user_id, email_id=None, expires_at=expires_at))
    return {"user_id": user.user_id, "token": link.token}


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    if body.options and (body.options.ip_match_required or body.options.user_agent_match_required):
        # To pass over it in silence would be to allow what the caller wants checked.
        raise bad_request("The emulator does not match attributes: leave options out.")
    link = _link_of(emulator, body.token)
    user = emulator.users.get(link.user_id)
    session = current_session(emulator, user, body)
    factor = _prove(user, link, emulator.now(), body.code_verifier)
    answer = complete(emulator, user, session, factor, body)
    return answer | {"method_id": link.email_id or link.link_id, "reset_sessions": False}


def _link_of(emulator: Emulator, token: str) -> Link:
    if token == sandbox.USED_LINK_TOKEN:
        raise unable_to_auth_magic_link()
    if token == sandbox.LINK_TOKEN:
        return sandbox.link(emulator.now())
    return emulator.links.get(token)


def _prove(user: User, link: Link, now: float, code_verifier: str | None) -> Factor:
    email = next((email for email in user.emails if email.email_id == link.email_id), None)
    if email is None and link.email_id is not None:
        # The address has been deleted since.
        raise unable_to_auth_magic_link()
    link.redeem(code_verifier, now)
    if email is None:
        # How it reached the user is unknown, so it verifies no address.
        detail: Json = {"embeddable_magic_link_factor": {"embedded_id": link.link_id}}
        return proven_now("magic_link", "embedded", now, detail)
    email.verified = True
    return magic_link_factor(email, now)


def _expires_at(emulator: Emulator, minutes: int) -> float:
    if not _MIN_MINUTES <= minutes <= _WEEK:
        raise ApiError(
            400,
            "invalid_expiration",
            f"The expiration of a magic link must be from {_MIN_MINUTES} to {_WEEK} minutes.",
        )
    return emulator.now() + minutes * 60


def _require_urls(*urls: str | None) -> None:
    for url in urls:
        if url is not None and not is_url(url):
            raise ApiError(400, "invalid_magic_link_url", "magic_link_url format is invalid.")


def _link(user: User, email: Email, expires_at: float, code_challenge: str | None) -> Link:
    return Link(
        user_id=user.user_id,
        email_id=email.email_id,
        expires_at=expires_at,
        code_challenge=code_challenge,
    )


def _mail(emulator: Emulator, link: Link, email: Email, url: str | None) -> None:
    emulator.links.add(link)
    query = {"stytch_token_type": "magic_links", "token": link.token}
    emulator.outbox.append(
        Message(
            channel="email",
            address=email.address,
            user_id=link.user_id,
            method_id=email.email_id,
            token=link.token,
            link=with_query(url, query) if url else None,
            sent_at=emulator.now(),
            expires_at=link.expires_at,
        ),
    )


ENDPOINTS = (
    Endpoint("magic_links.email.send", "POST", "/v1/magic_links/email/send", _send),
    Endpoint(
        "magic_links.email.login_or_create",
        "POST",
        "/v1/magic_links/email/login_or_create",
        _login_or_create,
    ),
    Endpoint("magic_links.email.invite", "POST", "/v1/magic_links/email/invite", _invite),
    Endpoint(
        "magic_links.email.revoke_invite",
        "POST",
        "/v1/magic_links/email/revoke_invite",
        _revoke_invite,
    ),
    Endpoint("magic_links.create", "POST", "/v1/magic_links", _create),
    Endpoint("magic_links.authenticate", "POST", "/v1/magic_links/authenticate", _authenticate),
)
