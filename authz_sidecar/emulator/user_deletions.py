"""The endpoints that take from a user what they can prove themselves by.

Source: https://stytch.com/docs/api-reference/consumer/api/users/delete-user-email
"""

from collections.abc import Callable
from typing import TypeVar

from authz_sidecar.emulator import sandbox
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.shapes import user_json
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import User
from authz_sidecar.emulator.wire import Json

ItemT = TypeVar("ItemT")
_Take = Callable[[User, str], bool]
"""Takes the thing of this id from a user, and tells whether they had it."""


def _take_email(user: User, email_id: str) -> bool:
    return _discard(user.emails, lambda email: email.email_id == email_id)


def _take_phone(user: User, phone_id: str) -> bool:
    return _discard(user.phones, lambda phone: phone.phone_id == phone_id)


def _take_passkey(user: User, registration_id: str) -> bool:
    return _discard(user.passkeys, lambda passkey: passkey.registration_id == registration_id)


def _take_provider(user: User, registration_id: str) -> bool:
    return _discard(user.providers, lambda provider: provider.registration_id == registration_id)


def _take_totp(user: User, totp_id: str) -> bool:
    had = user.totp is not None and user.totp.totp_id == totp_id
    user.totp = None if had else user.totp
    return had


def _take_password(user: User, password_id: str) -> bool:
    had = user.password is not None and user.password.password_id == password_id
    user.password = None if had else user.password
    return had


def _discard(items: list[ItemT], unwanted: Callable[[ItemT], bool]) -> bool:
    before = len(items)
    items[:] = [item for item in items if not unwanted(item)]
    return len(items) < before


def _deletion(name: str, path: str, error_type: str, take: _Take) -> Endpoint:
    def delete(emulator: Emulator, call: Call) -> Json:
        thing_id = call.path["thing_id"]
        if thing_id in sandbox.METHOD_IDS:
            raise bad_request("The sandbox user keeps their addresses and their TOTP.")
        user = emulator.users.one(lambda user: take(user, thing_id))
        if user is None:
            raise ApiError(404, error_type, f"No user has {thing_id}.")
        return {"user_id": user.user_id, "user": user_json(user)}

    return Endpoint(f"users.{name}", "DELETE", f"/v1/users/{path}/{{thing_id}}", delete)


ENDPOINTS = (
    _deletion("delete_email", "emails", "email_not_found", _take_email),
    _deletion("delete_phone_number", "phone_numbers", "phone_number_not_found", _take_phone),
    _deletion("delete_totp", "totps", "totp_not_found", _take_totp),
    _deletion("delete_password", "passwords", "password_not_found", _take_password),
    _deletion(
        "delete_webauthn_registration",
        "webauthn_registrations",
        "webauthn_registration_not_found",
        _take_passkey,
    ),
    _deletion(
        "delete_oauth_registration",
        "oauth",
        "oauth_user_registration_not_found",
        _take_provider,
    ),
)
