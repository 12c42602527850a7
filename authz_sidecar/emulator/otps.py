"""The endpoints of one-time codes, by SMS, by WhatsApp and by e-mail.

Source: https://stytch.com/docs/api-reference/consumer/api/otp/via-sms/send
"""

import re
from functools import partial

import msgspec

from authz_sidecar.emulator import recipients, sandbox
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import contact_factor
from authz_sidecar.emulator.messages import Message
from authz_sidecar.emulator.one_time_codes import CODE_DIGITS, OneTimeCode, new_code
from authz_sidecar.emulator.recipients import NamedUser
from authz_sidecar.emulator.sign_in import SessionArguments, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Email, Phone, User
from authz_sidecar.emulator.wire import Json

_DEFAULT_EXPIRATION_MINUTES = 2
_MAX_EXPIRATION_MINUTES = 10
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")


class _PhoneSend(NamedUser, kw_only=True):
    phone_number: str
    expiration_minutes: int = _DEFAULT_EXPIRATION_MINUTES


class _EmailSend(NamedUser, kw_only=True):
    email: str
    expiration_minutes: int = _DEFAULT_EXPIRATION_MINUTES


class _PhoneLogin(msgspec.Struct, kw_only=True):
    phone_number: str
    expiration_minutes: int = _DEFAULT_EXPIRATION_MINUTES
    create_user_as_pending: bool = False


class _EmailLogin(msgspec.Struct, kw_only=True):
    email: str
    expiration_minutes: int = _DEFAULT_EXPIRATION_MINUTES
    create_user_as_pending: bool = False


class _Authenticate(SessionArguments, kw_only=True):
    method_id: str
    code: str


def _send_to_phone(channel: str, emulator: Emulator, call: Call) -> Json:
    body = call.body(_PhoneSend)
    expires_at = _expires_at(emulator, body.expiration_minutes)
    user, phone = recipients.with_phone(emulator, body.phone_number, body)
    _send(emulator, user, phone, channel, expires_at)
    return {"user_id": user.user_id, "phone_id": phone.phone_id}


def _send_to_email(emulator: Emulator, call: Call) -> Json:
    body = call.body(_EmailSend)
    expires_at = _expires_at(emulator, body.expiration_minutes)
    user, email = recipients.with_email(emulator, body.email, body)
    _send(emulator, user, email, "email", expires_at)
    return {"user_id": user.user_id, "email_id": email.email_id}


def _login_or_create_by_phone(channel: str, emulator: Emulator, call: Call) -> Json:
    body = call.body(_PhoneLogin)
    expires_at = _expires_at(emulator, body.expiration_minutes)
    user, phone, created = recipients.by_phone(
        emulator, body.phone_number, pending=body.create_user_as_pending
    )
    _send(emulator, user, phone, channel, expires_at)
    return {"user_id": user.user_id, "phone_id": phone.phone_id, "user_created": created}


def _login_or_create_by_email(emulator: Emulator, call: Call) -> Json:
    body = call.body(_EmailLogin)
    expires_at = _expires_at(emulator, body.expiration_minutes)
    user, email, created = recipients.by_email(
        emulator, body.email, pending=body.create_user_as_pending
    )
    _send(emulator, user, email, "email", expires_at)
    return {"user_id": user.user_id, "email_id": email.email_id, "user_created": created}


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    if not _CODE.fullmatch(body.code):
        raise ApiError(400, "invalid_code", f"code must be {CODE_DIGITS} digits.")
    found = emulator.users.contact(body.method_id)
    if found is None:
        raise ApiError(400, "invalid_method_id", "method_id is no address of any user.")
    user, contact = found
    session = current_session(emulator, user, body)
    factor = contact_factor(contact, _redeem(emulator, contact, body), emulator.now())
    contact.verified = True
    answer = complete(emulator, user, session, factor, body)
    return answer | {"method_id": body.method_id, "reset_sessions": False}


def _redeem(emulator: Emulator, contact: Email | Phone, body: _Authenticate) -> str:
    if not sandbox.accepts(body.method_id, body.code):
        return emulator.codes.redeem(body.method_id, body.code, emulator.now())
    default = "email" if isinstance(contact, Email) else "sms"
    return emulator.codes.channel(body.method_id) or default


def _expires_at(emulator: Emulator, minutes: int) -> float:
    if not 1 <= minutes <= _MAX_EXPIRATION_MINUTES:
        raise ApiError(
            400,
            "invalid_expiration_otp",
            f"expiration_minutes must be from 1 to {_MAX_EXPIRATION_MINUTES}.",
        )
    return emulator.now() + minutes * 60


def _send(
    emulator: Emulator, user: User, contact: Email | Phone, channel: str, expires_at: float
) -> None:
    address = contact.address if isinstance(contact, Email) else contact.number
    method_id = contact.email_id if isinstance(contact, Email) else contact.phone_id
    code = sandbox.CODE if address in {sandbox.EMAIL, sandbox.PHONE_NUMBER} else new_code()
    emulator.codes.issue(method_id, OneTimeCode(code, channel, expires_at))
    emulator.outbox.append(
        Message(
            channel=channel,
            address=address,
            user_id=user.user_id,
            method_id=method_id,
            code=code,
            sent_at=emulator.now(),
            expires_at=expires_at,
        ),
    )


def _by_phone(channel: str) -> tuple[Endpoint, Endpoint]:
    return (
        Endpoint(
            f"otps.{channel}.send",
            "POST",
            f"/v1/otps/{channel}/send",
            partial(_send_to_phone, channel),
        ),
        Endpoint(
            f"otps.{channel}.login_or_create",
            "POST",
            f"/v1/otps/{channel}/login_or_create",
            partial(_login_or_create_by_phone, channel),
        ),
    )


ENDPOINTS = (
    *_by_phone("sms"),
    *_by_phone("whatsapp"),
    Endpoint("otps.email.send", "POST", "/v1/otps/email/send", _send_to_email),
    Endpoint(
        "otps.email.login_or_create",
        "POST",
        "/v1/otps/email/login_or_create",
        _login_or_create_by_email,
    ),
    Endpoint("otps.authenticate", "POST", "/v1/otps/authenticate", _authenticate),
)
