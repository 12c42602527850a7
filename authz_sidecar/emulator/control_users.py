"""Control of users, and a look at their authenticator apps and the messages they were sent."""

from authz_sidecar.emulator.addresses import email_address, phone_number
from authz_sidecar.emulator.endpoints import Call, Endpoint
from authz_sidecar.emulator.errors import bad_request
from authz_sidecar.emulator.passwords import new_password
from authz_sidecar.emulator.profiles import Profile, apply_profile
from authz_sidecar.emulator.shapes import user_json
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.totp import code_at
from authz_sidecar.emulator.totp_endpoints import totp_of
from authz_sidecar.emulator.user import Email, Phone, User
from authz_sidecar.emulator.wire import Json


class _NewUser(Profile, kw_only=True, forbid_unknown_fields=True):
    email: str | None = None
    email_verified: bool = True
    phone_number: str | None = None
    phone_verified: bool = True
    password: str | None = None


class _Change(Profile, kw_only=True, forbid_unknown_fields=True):
    email_verified: bool | None = None
    phone_verified: bool | None = None
    password: str | None = None


def _create(emulator: Emulator, call: Call) -> Json:
    body = call.body(_NewUser)
    if body.email is None and body.phone_number is None:
        raise bad_request("A user needs an email or a phone_number.")
    user = User(created_at=emulator.now())
    if body.email is not None:
        user.emails.append(Email(email_address(body.email), verified=body.email_verified))
    if body.phone_number is not None:
        user.phones.append(Phone(phone_number(body.phone_number), verified=body.phone_verified))
    if body.password is not None:
        user.password = new_password(body.password)
    user.pending = not (user.has_verified_contact or user.password)
    apply_profile(emulator.users, user, body)
    return {"user": user_json(emulator.users.add(user))}


def _change(emulator: Emulator, call: Call) -> Json:
    body = call.body(_Change)
    user = emulator.users.get(call.path["user_id"])
    password = user.password if body.password is None else new_password(body.password)
    apply_profile(emulator.users, user, body)
    user.password = password
    if body.email_verified is not None:
        for email in user.emails:
            email.verified = body.email_verified
    if body.phone_verified is not None:
        for phone in user.phones:
            phone.verified = body.phone_verified
    user.pending = user.pending and not (user.has_verified_contact or user.password)
    return {"user": user_json(user)}


def _list(emulator: Emulator, _: Call) -> Json:
    return {"users": [user_json(user) for user in emulator.users.all()]}


def _totp(emulator: Emulator, call: Call) -> Json:
    user, totp = totp_of(emulator, call.path["user_id"])
    return {
        "user_id": user.user_id,
        "totp_id": totp.totp_id,
        "verified": totp.verified,
        "secret": totp.secret,
        "code": code_at(totp.secret, emulator.now()),
    }


def _messages(emulator: Emulator, call: Call) -> Json:
    wanted = {
        key: call.query[key] for key in ("user_id", "address", "channel") if key in call.query
    }
    messages = [message.json() for message in emulator.outbox]
    return {"messages": [message for message in messages if wanted.items() <= message.items()]}


def _clear_messages(emulator: Emulator, _: Call) -> Json:
    cleared = len(emulator.outbox)
    emulator.outbox.clear()
    return {"cleared": cleared}


ENDPOINTS = (
    Endpoint("users.create", "POST", "/_emulator/users", _create),
    Endpoint("users.list", "GET", "/_emulator/users", _list),
    Endpoint("users.change", "PATCH", "/_emulator/users/{user_id}", _change),
    Endpoint("users.totp", "GET", "/_emulator/users/{user_id}/totp", _totp),
    Endpoint("messages.list", "GET", "/_emulator/messages", _messages),
    Endpoint("messages.clear", "DELETE", "/_emulator/messages", _clear_messages),
)
