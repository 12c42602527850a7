"""Control of users, and a look at the messages they were sent."""

import msgspec

from authz_sidecar.emulator.addresses import email_address, phone_number
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import bad_request
from authz_sidecar.emulator.passwords import new_password
from authz_sidecar.emulator.shapes import user_json
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.users import DEFAULT_ROLE, Email, Phone, User
from authz_sidecar.emulator.wire import Json


class _Name(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""


class _NewUser(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    email: str | None = None
    email_verified: bool = True
    phone_number: str | None = None
    phone_verified: bool = True
    password: str | None = None
    roles: list[str] | None = None
    name: _Name | None = None


class _Change(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    email_verified: bool | None = None
    phone_verified: bool | None = None
    password: str | None = None
    roles: list[str] | None = None
    name: _Name | None = None


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_NewUser)
    if body.email is None and body.phone_number is None:
        raise bad_request("A user needs an email or a phone_number.")
    user = User(created_at=emulator.now())
    if body.email is not None:
        user.emails.append(Email(email_address(body.email), verified=body.email_verified))
    if body.phone_number is not None:
        user.phones.append(Phone(phone_number(body.phone_number), verified=body.phone_verified))
    _describe(user, body)
    return {"user": user_json(emulator.users.add(user))}


def _change(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Change)
    user = emulator.users.get(call.path["user_id"])
    _describe(user, body)
    if body.email_verified is not None:
        for email in user.emails:
            email.verified = body.email_verified
    if body.phone_verified is not None:
        for phone in user.phones:
            phone.verified = body.phone_verified
    return {"user": user_json(user)}


def _describe(user: User, body: _NewUser | _Change) -> None:
    if body.password is not None:
        user.password = new_password(body.password)
    if body.roles is not None:
        # Stytch gives every user this role, whatever else they have.
        user.roles = [DEFAULT_ROLE, *(role for role in body.roles if role != DEFAULT_ROLE)]
    if body.name is not None:
        user.name = msgspec.to_builtins(body.name)


def _list(emulator: Emulator, _: Call) -> Json:
    return {"users": [user_json(user) for user in emulator.users.all()]}


def _messages(emulator: Emulator, call: Call) -> Json:
    wanted = {
        key: call.query[key] for key in ("user_id", "address", "channel") if key in call.query
    }
    messages = [message.json() for message in emulator.codes.outbox]
    return {"messages": [message for message in messages if wanted.items() <= message.items()]}


def _clear_messages(emulator: Emulator, _: Call) -> Json:
    cleared = len(emulator.codes.outbox)
    emulator.codes.outbox.clear()
    return {"cleared": cleared}


ENDPOINTS = (
    Endpoint("users.create", "POST", "/_emulator/users", _create),
    Endpoint("users.list", "GET", "/_emulator/users", _list),
    Endpoint("users.change", "PATCH", "/_emulator/users/{user_id}", _change),
    Endpoint("messages.list", "GET", "/_emulator/messages", _messages),
    Endpoint("messages.clear", "DELETE", "/_emulator/messages", _clear_messages),
)
