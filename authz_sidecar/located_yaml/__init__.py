"""YAML text -> typed values, or every problem with its line and column. Pure."""

from authz_sidecar.located_yaml.addresses import (
    NETWORK_PATTERN,
    Cidr,
    Network,
    Url,
    read_network,
    read_url,
)
from authz_sidecar.located_yaml.compose import MAX_BYTES, MAX_DEPTH, compose
from authz_sidecar.located_yaml.json_scalars import JsonScalar, read_json_scalar
from authz_sidecar.located_yaml.json_schema import Before, exactly_one, schema_of, text_schema
from authz_sidecar.located_yaml.load import load, validate
from authz_sidecar.located_yaml.model import NON_EMPTY, NON_EMPTY_MAPPING, NOT_YET, Model
from authz_sidecar.located_yaml.problem import Path, Position, Problem
from authz_sidecar.located_yaml.scalars import (
    DURATION_SCHEMA,
    FLAG_SCHEMA,
    ID_PATTERN,
    Duration,
    Flag,
    Id,
    Integer,
    Text,
    Version,
    read_duration,
    read_flag,
    read_id,
    read_integer,
    read_text,
    scalar,
)
from authz_sidecar.located_yaml.tree import Document
from authz_sidecar.located_yaml.wording import instead, listed, shown

__all__ = [
    "DURATION_SCHEMA",
    "FLAG_SCHEMA",
    "ID_PATTERN",
    "MAX_BYTES",
    "MAX_DEPTH",
    "NETWORK_PATTERN",
    "NON_EMPTY",
    "NON_EMPTY_MAPPING",
    "NOT_YET",
    "Before",
    "Cidr",
    "Document",
    "Duration",
    "Flag",
    "Id",
    "Integer",
    "JsonScalar",
    "Model",
    "Network",
    "Path",
    "Position",
    "Problem",
    "Text",
    "Url",
    "Version",
    "compose",
    "exactly_one",
    "instead",
    "listed",
    "load",
    "read_duration",
    "read_flag",
    "read_id",
    "read_integer",
    "read_json_scalar",
    "read_network",
    "read_text",
    "read_url",
    "scalar",
    "schema_of",
    "shown",
    "text_schema",
    "validate",
]
