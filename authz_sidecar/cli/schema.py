"""`authz-sidecar schema`: what may be written into a file, for editors."""

import argparse
import json
import sys
from collections.abc import Mapping

from authz_sidecar.located_yaml import Model, schema_of
from authz_sidecar.policy_file.schema import PolicyModel
from authz_sidecar.settings import SettingsModel

_MODELS: Mapping[str, type[Model]] = {"policy": PolicyModel, "settings": SettingsModel}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the program's parser."""
    parser = commands.add_parser(
        "schema",
        help="print the JSON Schema of the policy or the settings, for editors",
        description="Print the JSON Schema (2020-12) of a file. Editors that know"
        " yaml-language-server take it from the file's first line:"
        " `# yaml-language-server: $schema=policy.schema.json`.",
    )
    parser.add_argument("file", choices=[*_MODELS], help="the schema of which file")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print a schema.

    Args:
        arguments: file, the name of the file's kind.

    Returns:
        The exit code, 0.
    """
    sys.stdout.write(schema_text(arguments.file))
    return 0


def schema_text(file: str) -> str:
    """The JSON Schema of a file as JSON.

    Args:
        file: `policy` or `settings`.
    """
    return json.dumps(schema_of(_MODELS[file]), indent=2, ensure_ascii=False) + "\n"
