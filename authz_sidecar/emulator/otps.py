"""The endpoints of one-time codes, by SMS and by e-mail.

Source: https://stytch.com/docs/api-reference/consumer/api/otp/via-sms/send
"""

import re

import msgspec

from authz_sidecar.emulator import sandbox
from authz_sidecar.emulator.addresses import email_address, phone_number
from authz_sidecar.emulator.endpoints import Call, Endpoint, too_many
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import contact_factor
from authz_sidecar.emulator.one_time_codes import CODE_DIGITS, Message, new_code
from authz_sidecar.emulator.sign_in import SessionArguments, complete, current_session
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.users import Email, Phone, User
from authz_sidecar.emulator.wire import Json

_MAX_EXPIRATION_MINUTES = 10
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS}}}")


class _Validity(msgspec.Struct, kw_only=True):
    expiration_minutes: int = 2


class _Recipient(_Validity, kw_only=True):
    user_id: str | None = None
    session_token: str | None = None
    session_jwt: str | None = None


class _SmsSend(_Recipient, kw_only=True):
    phone_number: str


class _EmailSend(_Recipient, kw_only=True):
    email: str


class _SmsLogin(_Validity, kw_only=True):
    phone_number: str


class _EmailLogin(_Validity, kw_only=True):
    email: str


class _Authenticate(SessionArguments, kw_only=True):
    method_id: str
    code: str


def _send_sms(emulator: Emulator, call: Call) -> Json:
    body = call.body(_SmsSend)
    number = phone_number(body.phone_number)
    expires_at = _expires_at(emulator, body)
    user = _named_user(emulator, body) or emulator.users.with_phone(number)
    if user is None:
        raise ApiError(404, "phone_number_not_found", "Phone number could not be found.")
    phone = emulator.users.attach_phone(user, number)
    _send(emulator, user, phone, expires_at)
    return {"user_id": user.user_id, "phone_id": phone.phone_id}


def _send_email(emulator: Emulator, call: Call) -> Json:
    body = call.body(_EmailSend)
    address = email_address(body.email)
    expires_at = _expires_at(emulator, body)
    user = _named_user(emulator, body) or emulator.users.with_email(address)
    if user is None:
        raise ApiError(404, "email_not_found", "Email could not be found.")
    email = emulator.users.attach_email(user, address)
    _send(emulator, user, email, expires_at)
    return {"user_id": user.user_id, "email_id": email.email_id}


def _login_or_create_by_sms(emulator: Emulator, call: Call) -> Json:
    body = call.body(_SmsLogin)
    number = phone_number(body.phone_number)
    expires_at = _expires_at(emulator, body)
    known = emulator.users.with_phone(number)
    user = known or emulator.users.add(
        User(created_at=emulator.now(), phones=[Phone(number, verified=False)])
    )
    phone = emulator.users.attach_phone(user, number)
    _send(emulator, user, phone, expires_at)
    return {"user_id": user.user_id, "phone_id": phone.phone_id, "user_created": known is None}


def _login_or_create_by_email(emulator: Emulator, call: Call) -> Json:
    body = call.body(_EmailLogin)
    address = email_address(body.email)
    expires_at = _expires_at(emulator, body)
    known = emulator.users.with_email(address)
    user = known or emulator.users.add(
        User(created_at=emulator.now(), emails=[Email(address, verified=False)])
    )
    email = emulator.users.attach_email(user, address)
    _send(emulator, user, email, expires_at)
    return {"user_id": user.user_id, "email_id": email.email_id, "user_created": known is None}


def _authenticate(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Authenticate)
    if not _CODE.fullmatch(body.code):
        raise ApiError(400, "invalid_code", f"code must be {CODE_DIGITS} digits.")
    found = emulator.users.contact(body.method_id)
    if found is None:
        raise ApiError(400, "invalid_method_id", "method_id is no address of any user.")
    user, contact = found
    session = current_session(emulator, user, body)
    now = emulator.now()
    if not sandbox.accepts(body.method_id, body.code):
        emulator.codes.redeem(body.method_id, body.code, now)
    contact.verified = True
    answer = complete(emulator, user, session, contact_factor(contact, now), body)
    return answer | {"method_id": body.method_id, "reset_sessions": False}


def _named_user(emulator: Emulator, body: _Recipient) -> User | None:
    names = ("user_id", "session_token", "session_jwt")
    if sum(getattr(body, name) is not None for name in names) > 1:
        raise too_many("too_many_user_selection_arguments", *names)
    if body.user_id is not None:
        return emulator.users.get(body.user_id)
    session = emulator.find_session(body.session_token, body.session_jwt)
    return emulator.users.get(session.user_id) if session else None


def _expires_at(emulator: Emulator, body: _Validity) -> float:
    minutes = body.expiration_minutes
    if not 1 <= minutes <= _MAX_EXPIRATION_MINUTES:
        raise ApiError(
            400,
            "invalid_expiration_otp",
            f"expiration_minutes must be from 1 to {_MAX_EXPIRATION_MINUTES}.",
        )
    return emulator.now() + minutes * 60


def _send(emulator: Emulator, user: User, contact: Email | Phone, expires_at: float) -> None:
    by_email = isinstance(contact, Email)
    address = contact.address if isinstance(contact, Email) else contact.number
    method_id = contact.email_id if isinstance(contact, Email) else contact.phone_id
    emulator.codes.send(
        Message(
            channel="email" if by_email else "sms",
            address=address,
            user_id=user.user_id,
            method_id=method_id,
            code=sandbox.CODE if address in {sandbox.EMAIL, sandbox.PHONE_NUMBER} else new_code(),
            sent_at=emulator.now(),
            expires_at=expires_at,
        ),
    )


ENDPOINTS = (
    Endpoint("otps.sms.send", "POST", "/v1/otps/sms/send", _send_sms),
    Endpoint(
        "otps.sms.login_or_create",
        "POST",
        "/v1/otps/sms/login_or_create",
        _login_or_create_by_sms,
    ),
    Endpoint("otps.email.send", "POST", "/v1/otps/email/send", _send_email),
    Endpoint(
        "otps.email.login_or_create",
        "POST",
        "/v1/otps/email/login_or_create",
        _login_or_create_by_email,
    ),
    Endpoint("otps.authenticate", "POST", "/v1/otps/authenticate", _authenticate),
)
