"""The policy file as pydantic models: its keys, and which scalar each of them takes."""

from authz_sidecar.policy_file.schema.levels import ElementModel, LevelModel
from authz_sidecar.policy_file.schema.require import (
    DemandModel,
    EveryRoleModel,
    RequireModel,
)
from authz_sidecar.policy_file.schema.rules import (
    AccessWord,
    DefaultsModel,
    MatchModel,
    PolicyModel,
    RuleModel,
    UpstreamModel,
    VerifiedWithinModel,
)

__all__ = [
    "AccessWord",
    "DefaultsModel",
    "DemandModel",
    "ElementModel",
    "EveryRoleModel",
    "LevelModel",
    "MatchModel",
    "PolicyModel",
    "RequireModel",
    "RuleModel",
    "UpstreamModel",
    "VerifiedWithinModel",
]
