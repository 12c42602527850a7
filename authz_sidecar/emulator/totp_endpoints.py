"""The endpoints of authenticator apps and their recovery codes.

Source: https://stytch.com/docs/api-reference/consumer/api/totps/authenticate
"""

import re

import msgspec

from authz_sidecar.emulator import sandbox
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import proven_now
from authz_sidecar.emulator.qr_code import qr_code_of
from authz_sidecar.emulator.shapes import user_json
from authz_sidecar.emulator.sign_in import SessionArguments, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.totp import CODE_DIGITS, Totp
from authz_sidecar.emulator.user import User
from authz_sidecar.emulator.wire import Json

_MIN_MINUTES = 5
_MAX_MINUTES = 1440
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")


class _OfUser(msgspec.Struct, kw_only=True):
    user_id: str


class _Create(_OfUser, kw_only=True):
    expiration_minutes: int = _MAX_MINUTES


class _Authenticate(SessionArguments, kw_only=True):
    user_id: str
    totp_code: str


class _Recover(SessionArguments, kw_only=True):
    user_id: str
    recovery_code: str


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Create)
    if not _MIN_MINUTES <= body.expiration_minutes <= _MAX_MINUTES:
        raise ApiError(
            400,
            "invalid_expiration",
            f"expiration_minutes must be from {_MIN_MINUTES} to {_MAX_MINUTES}.",
        )
    user = emulator.users.get(body.user_id)
    if user.totp and user.totp.verified:
        raise ApiError(400, "active_totp_exists", "The user already has an active TOTP.")
    # One that waits for its first code is replaced: its QR code may have been lost.
    user.totp = totp = Totp(emulator.now() + body.expiration_minutes * 60)
    return {
        "totp_id": totp.totp_id,
        "secret": totp.secret,
        "qr_code": qr_code_of(_account(user), totp.secret),
        "recovery_codes": list(totp.recovery_codes.values()),
        "user": user_json(user),
        "user_id": user.user_id,
    }


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    if not _CODE.fullmatch(body.totp_code):
        raise ApiError(400, "invalid_totp_code", f"totp_code must be {CODE_DIGITS} digits.")
    user, totp = totp_of(emulator, body.user_id)
    session = current_session(emulator, user, body)
    now = emulator.now()
    if not sandbox.accepts(totp.totp_id, body.totp_code):
        totp.authenticate(body.totp_code, now)
    detail: Json = {"authenticator_app_factor": {"totp_id": totp.totp_id}}
    factor = proven_now("totp", "authenticator_app", now, detail)
    return complete(emulator, user, session, factor, body) | {"totp_id": totp.totp_id}


def _recover(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Recover)
    user, totp = totp_of(emulator, body.user_id)
    session = current_session(emulator, user, body)
    sandboxed = sandbox.recovers(totp.totp_id, body.recovery_code)
    code_id = sandbox.RECOVERY_CODE_ID if sandboxed else totp.recover(body.recovery_code)
    detail: Json = {"recovery_code_factor": {"totp_recovery_code_id": code_id}}
    factor = proven_now("recovery_codes", "recovery_code", emulator.now(), detail)
    return complete(emulator, user, session, factor, body) | {"totp_id": totp.totp_id}


def _recovery_codes(emulator: Emulator, call: Call) -> Json:
    user = emulator.users.get(call.body(_OfUser).user_id)
    totps = [
        {
            "totp_id": totp.totp_id,
            "verified": totp.verified,
            "recovery_codes": list(totp.recovery_codes.values()),
        }
        for totp in ([user.totp] if user.totp else [])
    ]
    return {"user_id": user.user_id, "totps": totps}


def totp_of(emulator: Emulator, user_id: str) -> tuple[User, Totp]:
    """Return a user and their TOTP, verified or not.

    Raises:
        ApiError: 404 `user_not_found` or `totps_not_found_for_user`.
    """
    user = emulator.users.get(user_id)
    if user.totp is None:
        raise ApiError(404, "totps_not_found_for_user", "The user has no TOTP.")
    return user, user.totp


def _account(user: User) -> str:
    addresses = [email.address for email in user.emails] + [phone.number for phone in user.phones]
    return (addresses or [user.user_id])[0]


ENDPOINTS = (
    Endpoint("totps.create", "POST", "/v1/totps", _create),
    Endpoint("totps.authenticate", "POST", "/v1/totps/authenticate", _authenticate),
    Endpoint("totps.recover", "POST", "/v1/totps/recover", _recover),
    Endpoint("totps.recovery_codes", "POST", "/v1/totps/recovery_codes", _recovery_codes),
)
