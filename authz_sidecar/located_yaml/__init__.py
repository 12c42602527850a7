"""YAML text -> typed values, or every problem with its line and column. Pure."""

from authz_sidecar.located_yaml.addresses import Cidr, Network, Url, read_network, read_url
from authz_sidecar.located_yaml.compose import MAX_BYTES, MAX_DEPTH, compose
from authz_sidecar.located_yaml.json_scalars import JsonScalar, read_json_scalar
from authz_sidecar.located_yaml.load import load, validate
from authz_sidecar.located_yaml.model import NON_EMPTY, NON_EMPTY_MAPPING, NOT_YET, Model
from authz_sidecar.located_yaml.problem import Path, Position, Problem
from authz_sidecar.located_yaml.scalars import (
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
    "MAX_BYTES",
    "MAX_DEPTH",
    "NON_EMPTY",
    "NON_EMPTY_MAPPING",
    "NOT_YET",
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
    "shown",
    "validate",
]
