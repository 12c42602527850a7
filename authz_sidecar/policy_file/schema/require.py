"""What a rule requires of the session, and of where the request comes from."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Discriminator, Tag

from authz_sidecar.located_yaml import (
    ID_PATTERN,
    NON_EMPTY,
    NON_EMPTY_MAPPING,
    Before,
    Duration,
    Flag,
    JsonScalar,
    Model,
    Text,
    exactly_one,
    read_text,
    scalar,
    text_schema,
)
from authz_sidecar.policy_file import unsupported
from authz_sidecar.policy_file.emails import read_email, read_user
from authz_sidecar.policy_file.network_names import NetworkRefs
from authz_sidecar.policy_file.schema.levels import LevelModel
from authz_sidecar.policy_file.schema.spelling import SHORT_LIST, short_for

LevelName = Annotated[
    str,
    scalar(
        read_text,
        text_schema(
            "name of a level", ID_PATTERN, digits=True, examples=("one_factor", "two_factor")
        ),
    ),
]
User = Annotated[str, scalar(read_user, text_schema("id of a user", "^[^@]+$", digits=True))]
Email = Annotated[str, scalar(read_email, text_schema("e-mail address", r"^[^@\s]+@[^@\s*]+$"))]
Texts = Annotated[tuple[Text, ...], NON_EMPTY]
Users = Annotated[tuple[User, ...], NON_EMPTY]
Emails = Annotated[tuple[Email, ...], NON_EMPTY]
ClaimValues = Annotated[tuple[JsonScalar, ...], NON_EMPTY, SHORT_LIST]


class EveryRoleModel(Model):
    """Roles that must all be held."""

    all_of: Texts
    """The roles."""


def _spelling_of_roles(value: object) -> str:
    return "every" if isinstance(value, Mapping) else "any"


RolesModel = Annotated[
    Annotated[Texts, Tag("any")] | Annotated[EveryRoleModel, Tag("every")],
    Discriminator(_spelling_of_roles),
]


class DemandModel(Model):
    """One of several alternatives; everything in it must hold. A name is short for its level."""

    model_config = exactly_one("level", "factors")

    refused: ClassVar[Mapping[str, str]] = unsupported.ALTERNATIVE

    level: LevelName | None = None
    """The factors demanded: `one_factor`, `two_factor`, or a name from `levels`."""
    factors: LevelModel | None = None
    """A level that is only needed here; instead of `level`."""
    max_age: Duration | None = None
    """How long ago a factor that satisfies the level may have been proven. At least 5s."""
    networks: NetworkRefs | None = None
    """Where the client must be: any of these. Needs `client_ip` in the settings."""
    organizations: Texts | None = None
    """Ids or slugs; the session must be of one of these organizations."""
    users: Users | None = None
    """Ids; the session must be of one of these users."""
    roles: RolesModel | None = None
    """Roles of which the user must hold any, or with `{all_of: [...]}` every one."""
    emails: Emails | None = None
    """`ann@example.com` or `'*@example.com'`; the user must have verified such an address."""
    claims: Annotated[dict[Text, ClaimValues], NON_EMPTY_MAPPING] | None = None
    """Custom claims, each with its values; a claim must be, or be a list with, one of its own."""


class OnUnavailableModel(Model):
    """What becomes of sessions while Stytch is out of reach. `deny` alone is the default."""

    allow_known_for: Duration = 0.0
    """Lets sessions that were verified before go on for so much longer, but never past their own
    end or that of a factor's age; each such answer is marked as stale."""


def _deny(value: object) -> object:
    if value == "deny":
        return {}
    if isinstance(value, str):
        raise ValueError("write `deny`, or for example `{allow_known_for: 2m}`")  # noqa: TRY004 - pydantic turns only ValueError into a problem
    return value


OnUnavailable = Annotated[
    OnUnavailableModel,
    Before(_deny, change=lambda schema, _: {"anyOf": [{"enum": ["deny"]}, schema]}),
]


class RequireModel(DemandModel):
    """What must hold. A name alone is short for `{level: NAME}`."""

    model_config = exactly_one("level", "factors", "any_of")

    refused: ClassVar[Mapping[str, str]] = unsupported.REQUIRE

    any_of: Annotated[tuple[Annotated[DemandModel, short_for("level")], ...], NON_EMPTY] | None = (
        None
    )
    """Alternatives of which one must be met; instead of everything above."""
    verified_within: Duration | None = None
    """How old our knowledge of the session may be; that of `defaults` if absent. `0s`: Stytch is
    asked at every request."""
    on_unavailable: OnUnavailable | None = None
    """What becomes of sessions while Stytch is out of reach; as in `defaults` if absent."""
    allow_impersonation: Flag = False
    """Lets somebody pass who acts as the user; where the level is `one_factor`."""
