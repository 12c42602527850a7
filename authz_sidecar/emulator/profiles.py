"""What the project's backend says about a user: name, roles, metadata, its own id.

Source: https://stytch.com/docs/api-reference/consumer/api/users/update-user
"""

import re

import msgspec

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.user import DEFAULT_ROLE, User
from authz_sidecar.emulator.users import Users
from authz_sidecar.emulator.wire import Json

_MAX_METADATA_BYTES = 4096
_MAX_METADATA_KEYS = 20
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9._|-]{1,128}")


class Name(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A user's name."""

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None


class Profile(msgspec.Struct, kw_only=True):
    """The fields of a call that describe a user; what is not given stays as it is."""

    name: Name | None = None
    roles: list[str] | None = None
    trusted_metadata: Json | None = None
    untrusted_metadata: Json | None = None
    external_id: str | None = None


def apply_profile(users: Users, user: User, profile: Profile) -> None:
    """Describe a user, or refuse all of it.

    Args:
        users: everybody, among whom the external id must be unique.
        user: who is described; not yet among `users` if new.
        profile: what is said.

    Raises:
        ApiError: 400 for an external id that is taken or malformed, or too much metadata.
    """
    trusted = _merged(user.trusted_metadata, profile.trusted_metadata)
    untrusted = _merged(user.untrusted_metadata, profile.untrusted_metadata)
    if profile.external_id is not None:
        _require_free(users, user, profile.external_id)
        user.external_id = profile.external_id
    user.trusted_metadata, user.untrusted_metadata = trusted, untrusted
    if profile.name is not None:
        given = msgspec.to_builtins(profile.name)
        user.name |= {part: text for part, text in given.items() if text is not None}
    if profile.roles is not None:
        # Stytch gives every user this role, whatever else they have.
        user.roles = [DEFAULT_ROLE, *(role for role in profile.roles if role != DEFAULT_ROLE)]


def _merged(held: Json, given: Json | None) -> Json:
    # By top-level name; null deletes one.
    merged = {name: value for name, value in (held | (given or {})).items() if value is not None}
    if len(merged) > _MAX_METADATA_KEYS:
        raise ApiError(
            400, "metadata_too_many_keys", f"Metadata may have {_MAX_METADATA_KEYS} keys."
        )
    if len(msgspec.json.encode(merged)) > _MAX_METADATA_BYTES:
        raise ApiError(400, "metadata_too_large", f"Metadata may take {_MAX_METADATA_BYTES} bytes.")
    return merged


def _require_free(users: Users, user: User, external_id: str) -> None:
    if not _EXTERNAL_ID.fullmatch(external_id):
        raise ApiError(
            400,
            "bad_request",
            "external_id may have 128 characters: letters, digits, '.', '_', '-' and '|'.",
        )
    owner = users.one(lambda other: other.external_id == external_id)
    if owner is not None and owner is not user:
        raise ApiError(
            400, "duplicate_user_external_id", "A user with this external_id already exists."
        )
