"""The endpoints of users: make, read, change, find and delete them.

Source: https://stytch.com/docs/api-reference/consumer/api/users/create-user
"""

from authz_sidecar.emulator import sandbox
from authz_sidecar.emulator.addresses import email_address, phone_number
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.profiles import Profile, apply_profile
from authz_sidecar.emulator.shapes import user_json, user_status
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Email, Phone, User
from authz_sidecar.emulator.user_search import search
from authz_sidecar.emulator.wire import Json


class _Create(Profile, kw_only=True):
    email: str | None = None
    phone_number: str | None = None
    create_user_as_pending: bool = False


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Create)
    if body.email is None and body.phone_number is None:
        raise ApiError(400, "invalid_create_user_request", "An email or a phone_number is needed.")
    user = User(created_at=emulator.now(), pending=body.create_user_as_pending)
    if body.email is not None:
        user.emails.append(Email(email_address(body.email), verified=False))
    if body.phone_number is not None:
        user.phones.append(Phone(phone_number(body.phone_number), verified=False))
    apply_profile(emulator.users, user, body)
    emulator.users.add(user)
    return {
        "user_id": user.user_id,
        "email_id": user.emails[0].email_id if user.emails else "",
        "phone_id": user.phones[0].phone_id if user.phones else "",
        "status": user_status(user),
        "user": user_json(user),
    }


def _get(emulator: Emulator, call: Call) -> Json:
    # Stytch writes this user's fields flat, not under `user`.
    return user_json(emulator.users.get(call.path["user_id"]))


def _update(emulator: Emulator, call: Call) -> Json:
    user = emulator.users.get(call.path["user_id"])
    apply_profile(emulator.users, user, call.body(Profile))
    shown = user_json(user)
    flat = {key: shown[key] for key in ("user_id", "emails", "phone_numbers", "crypto_wallets")}
    return flat | {"user": shown}


def _delete(emulator: Emulator, call: Call) -> Json:
    user = emulator.users.get(call.path["user_id"])
    if user.user_id == sandbox.USER_ID:
        raise bad_request("The sandbox user cannot be deleted.")
    emulator.users.remove(user)
    emulator.sessions.forget_user(user.user_id)
    emulator.links.forget_user(user.user_id)
    return {"user_id": user.user_id}


def _delete_external_id(emulator: Emulator, call: Call) -> Json:
    user = emulator.users.get(call.path["user_id"])
    user.external_id = None
    return {"user_id": user.user_id, "user": user_json(user)}


ENDPOINTS = (
    Endpoint("users.create", "POST", "/v1/users", _create),
    Endpoint("users.search", "POST", "/v1/users/search", search),
    Endpoint("users.get", "GET", "/v1/users/{user_id}", _get),
    Endpoint("users.update", "PUT", "/v1/users/{user_id}", _update),
    Endpoint("users.delete", "DELETE", "/v1/users/{user_id}", _delete),
    Endpoint(
        "users.delete_external_id",
        "DELETE",
        "/v1/users/{user_id}/external_id",
        _delete_external_id,
    ),
)
