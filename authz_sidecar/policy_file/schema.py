"""The policy file as pydantic models: its keys, and which scalar each of them takes."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Discriminator, Field, Tag

from authz_sidecar.core.patterns import HostPattern, PathPattern
from authz_sidecar.core.policy import Access
from authz_sidecar.located_yaml import (
    NON_EMPTY,
    NOT_YET,
    Duration,
    Flag,
    Id,
    Model,
    Text,
    Url,
    Version,
    instead,
    scalar,
    shown,
)
from authz_sidecar.policy_file import unsupported
from authz_sidecar.policy_file.host_patterns import read_host
from authz_sidecar.policy_file.path_patterns import read_method, read_path


def _read_access(text: str) -> Access:
    if text in unsupported.ACCESS:
        raise ValueError(f"{shown(text)} is {NOT_YET}")
    if text not in set(Access):
        raise ValueError(f"{shown(text)} is no access; {instead(text, Access)}")
    return Access(text)


def _short_for(key: str) -> BeforeValidator:
    """Lets a scalar stand for a mapping with this one key."""
    return BeforeValidator(lambda value: {key: value} if isinstance(value, str) else value)


Hosts = Annotated[tuple[Annotated[HostPattern, scalar(read_host)], ...], NON_EMPTY]
Paths = Annotated[tuple[Annotated[PathPattern, scalar(read_path)], ...], NON_EMPTY]
Methods = Annotated[tuple[Annotated[str, scalar(read_method)], ...], NON_EMPTY]
Texts = Annotated[tuple[Text, ...], NON_EMPTY]


class ElementModel(Model):
    """One element of a level: a factor's name, or any one of several, of some age."""

    factor: Text | None = None
    any_of: Texts | None = None
    max_age: Duration | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The factors that meet this element."""
        return self.any_of or ((self.factor,) if self.factor else ())


Elements = Annotated[tuple[Annotated[ElementModel, _short_for("factor")], ...], NON_EMPTY]


class LevelModel(Model):
    """A named level."""

    all_of: Elements | None = None
    any_of: Elements | None = None
    accept_insecure_combination: Flag = False


class VerifiedWithinModel(Model):
    """How old the evidence for a session may be, in seconds."""

    not_yet: ClassVar[frozenset[str]] = unsupported.VERIFIED_WITHIN

    token: Duration = 30.0


class DefaultsModel(Model):
    """What a rule that does not say otherwise gets."""

    not_yet: ClassVar[frozenset[str]] = unsupported.DEFAULTS

    verified_within: Annotated[VerifiedWithinModel, _short_for("token")] = VerifiedWithinModel()


class MatchModel(Model):
    """What a rule selects."""

    not_yet: ClassVar[frozenset[str]] = unsupported.MATCH

    paths: Paths | None = None
    methods: Methods | None = None


class EveryRoleModel(Model):
    """Roles that must all be held."""

    all_of: Texts


def _spelling_of_roles(value: object) -> str:
    return "every" if isinstance(value, Mapping) else "any"


RolesModel = Annotated[
    Annotated[Texts, Tag("any")] | Annotated[EveryRoleModel, Tag("every")],
    Discriminator(_spelling_of_roles),
]


class RequireModel(Model):
    """What must hold of the session."""

    not_yet: ClassVar[frozenset[str]] = unsupported.REQUIRE

    level: Text
    max_age: Duration | None = None
    verified_within: Duration | None = None
    roles: RolesModel | None = None


class RuleModel(Model):
    """One rule of an upstream."""

    not_yet: ClassVar[frozenset[str]] = unsupported.RULE

    id: Id
    match: MatchModel = MatchModel()
    access: Annotated[Access, scalar(_read_access)] | None = None
    require: Annotated[RequireModel, _short_for("level")] | None = None


class UpstreamModel(Model):
    """A protected service."""

    not_yet: ClassVar[frozenset[str]] = unsupported.UPSTREAM

    id: Id
    hosts: Hosts
    login_url: Url | None = None
    step_up_url: Url | None = None
    rules: Annotated[tuple[RuleModel, ...], NON_EMPTY]


class PolicyModel(Model):
    """The whole file."""

    not_yet: ClassVar[frozenset[str]] = unsupported.POLICY

    version: Version
    login_url: Url | None = None
    step_up_url: Url | None = None
    levels: dict[Id, LevelModel] = Field(default_factory=dict)
    defaults: DefaultsModel = DefaultsModel()
    upstreams: Annotated[tuple[UpstreamModel, ...], NON_EMPTY]
