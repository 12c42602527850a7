"""Role-based access control: which role may do what to which resource.

Source: https://stytch.com/docs/api-reference/consumer/api/rbac/get-policy
"""

import msgspec

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.user import DEFAULT_ROLE, User
from authz_sidecar.emulator.wire import Json

_ANY_ACTION = "*"


class Permission(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Actions on a resource."""

    resource_id: str
    actions: list[str]


class Role(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A role and what it permits."""

    role_id: str
    description: str = ""
    permissions: list[Permission] = []


class Resource(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A resource and what can be done to it."""

    resource_id: str
    description: str = ""
    actions: list[str] = []


class Policy(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A project's policy."""

    roles: list[Role]
    resources: list[Resource] = []

    def json(self) -> Json:
        """Return the policy as Stytch's API shows it."""
        policy: Json = msgspec.to_builtins(self)
        return policy | {"scopes": []}


class AuthorizationCheck(msgspec.Struct, kw_only=True):
    """What a caller asks about a session's user."""

    resource_id: str
    action: str


def default_policy() -> Policy:
    """Return the policy of a project that never wrote one: its only role permits nothing."""
    return Policy(roles=[Role(role_id=DEFAULT_ROLE)])


def verdict(policy: Policy, user: User, check: AuthorizationCheck) -> Json:
    """Return why a user is authorized.

    Raises:
        ApiError: 403 `consumer_session_authorization_error` if they are not.
    """
    granting = [
        role.role_id
        for role in policy.roles
        if role.role_id in user.roles and any(_permits(p, check) for p in role.permissions)
    ]
    if not granting:
        raise ApiError(
            403,
            "consumer_session_authorization_error",
            "The user is not authorized to perform the requested action on that resource.",
        )
    return {"authorized": True, "granting_roles": granting}


def _permits(permission: Permission, check: AuthorizationCheck) -> bool:
    return permission.resource_id == check.resource_id and bool(
        {check.action, _ANY_ACTION}.intersection(permission.actions)
    )
