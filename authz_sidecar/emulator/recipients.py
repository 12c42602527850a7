"""Whom a message goes to: a user named, known by the address, or made for it.

Source: https://stytch.com/docs/api-reference/consumer/api/otp/via-sms/send
"""

import msgspec

from authz_sidecar.emulator.addresses import email_address, phone_number
from authz_sidecar.emulator.endpoints import too_many
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import Email, Phone, User


class NamedUser(msgspec.Struct, kw_only=True):
    """The fields by which a caller may say whose address it is to become."""

    user_id: str | None = None
    session_token: str | None = None
    session_jwt: str | None = None


def with_email(emulator: Emulator, address: str, named: NamedUser) -> tuple[User, Email]:
    """Return the user to write to at an e-mail address, which may be new for a named user.

    Raises:
        ApiError: 404 `email_not_found` if nobody is named and nobody has it, and as `attach_email`.
    """
    address = email_address(address)
    user = _named(emulator, named) or emulator.users.with_email(address)
    if user is None:
        raise email_not_found()
    return user, emulator.users.attach_email(user, address)


def with_phone(emulator: Emulator, number: str, named: NamedUser) -> tuple[User, Phone]:
    """Return the user to write to at a phone number, which may be new for a named user.

    Raises:
        ApiError: 404 `phone_number_not_found` if nobody is named and nobody has it, and as
            `attach_phone`.
    """
    number = phone_number(number)
    user = _named(emulator, named) or emulator.users.with_phone(number)
    if user is None:
        raise ApiError(404, "phone_number_not_found", "Phone number could not be found.")
    return user, emulator.users.attach_phone(user, number)


def by_email(emulator: Emulator, address: str, *, pending: bool) -> tuple[User, Email, bool]:
    """Return the user who has an e-mail address, making one if need be, and whether it did.

    Args:
        emulator: the project.
        address: as the caller gave it.
        pending: make the user one who waits for a first proof.
    """
    address = email_address(address)
    known = emulator.users.with_email(address)
    user = known or emulator.users.add(
        User(created_at=emulator.now(), emails=[Email(address, verified=False)], pending=pending)
    )
    return user, emulator.users.attach_email(user, address), known is None


def by_phone(emulator: Emulator, number: str, *, pending: bool) -> tuple[User, Phone, bool]:
    """Return the user who has a phone number, making one if need be, and whether it did.

    Args:
        emulator: the project.
        number: as the caller gave it.
        pending: make the user one who waits for a first proof.
    """
    number = phone_number(number)
    known = emulator.users.with_phone(number)
    user = known or emulator.users.add(
        User(created_at=emulator.now(), phones=[Phone(number, verified=False)], pending=pending)
    )
    return user, emulator.users.attach_phone(user, number), known is None


def email_not_found() -> ApiError:
    """Return the refusal of an e-mail address that no user has."""
    return ApiError(404, "email_not_found", "Email could not be found.")


def _named(emulator: Emulator, named: NamedUser) -> User | None:
    names = ("user_id", "session_token", "session_jwt")
    if sum(getattr(named, name) is not None for name in names) > 1:
        raise too_many("too_many_user_selection_arguments", *names)
    if named.user_id is not None:
        return emulator.users.get(named.user_id)
    session = emulator.find_session(named.session_token, named.session_jwt)
    return emulator.users.get(session.user_id) if session else None
