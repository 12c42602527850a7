"""The search for users, by the filters that matter most.

Source: https://stytch.com/docs/api-reference/consumer/api/users/search-users
"""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from authz_sidecar.emulator.endpoints import Call
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.shapes import user_json, user_status
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.user import User
from authz_sidecar.emulator.wire import Json

_MAX_LIMIT = 1000


class _Operand(msgspec.Struct, kw_only=True):
    filter_name: str
    filter_value: list[str] | str | bool


class _Query(msgspec.Struct, kw_only=True):
    operator: Literal["AND", "OR"]
    operands: list[_Operand] = []


class _Search(msgspec.Struct, kw_only=True):
    cursor: str | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=_MAX_LIMIT)] = 100
    query: _Query | None = None


def search(emulator: Emulator, call: Call) -> Json:
    """Answer `users.search`."""
    body = call.body(_Search)
    found = [user for user in emulator.users.all() if _wanted(user, body.query)]
    start = _position(body.cursor)
    end = start + body.limit
    return {
        "results": [user_json(user) for user in found[start:end]],
        "results_metadata": {
            "total": len(found),
            "next_cursor": str(end) if end < len(found) else None,
        },
    }


def _position(cursor: str | None) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise ApiError(400, "user_search_invalid_cursor", "cursor is none of ours.")
    return int(cursor or 0)


def _wanted(user: User, query: _Query | None) -> bool:
    if query is None or not query.operands:
        return True
    met = [_meets(user, operand) for operand in query.operands]
    return all(met) if query.operator == "AND" else any(met)


def _meets(user: User, operand: _Operand) -> bool:
    values_of = _VALUES.get(operand.filter_name)
    if values_of is None:
        raise ApiError(
            400,
            "user_search_filter_name_not_recognized",
            f"filter_name must be one of {', '.join(_VALUES)}, here in the emulator.",
        )
    wanted = operand.filter_value
    return any(
        value in (wanted if isinstance(wanted, list) else [wanted]) for value in values_of(user)
    )


_VALUES: dict[str, Callable[[User], list[str] | list[bool]]] = {
    "user_id": lambda user: [user.user_id],
    "status": lambda user: [user_status(user)],
    "email_address": lambda user: [email.address for email in user.emails],
    "email_id": lambda user: [email.email_id for email in user.emails],
    "email_verified": lambda user: [email.verified for email in user.emails],
    "phone_number": lambda user: [phone.number for phone in user.phones],
    "phone_id": lambda user: [phone.phone_id for phone in user.phones],
    "phone_verified": lambda user: [phone.verified for phone in user.phones],
    "totp_verified": lambda user: [user.totp.verified] if user.totp else [],
    "password_exists": lambda user: [user.password is not None],
}
