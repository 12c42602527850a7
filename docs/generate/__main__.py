"""Writes the files that the code knows best; `--check` says which of them are stale."""

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from authz_sidecar.cli.schema import schema_text
from docs.generate import (
    decision_table,
    factors,
    headers,
    metrics,
    policy_reference,
    settings_reference,
)

ROOT = Path(__file__).parents[2]
FILES: Mapping[str, Callable[[], str]] = {
    "config/policy.schema.json": partial(schema_text, "policy"),
    "config/sidecar.schema.json": partial(schema_text, "settings"),
    "docs/decision-table.md": decision_table.page,
    "docs/factors.md": factors.page,
    "docs/headers.md": headers.page,
    "docs/metrics.md": metrics.page,
    "docs/policy-reference.md": policy_reference.page,
    "docs/settings-reference.md": settings_reference.page,
}


def main() -> int:
    """Write the files, or with `--check` compare them; the exit code is 1 if one is stale."""
    parser = argparse.ArgumentParser(prog="python -m docs.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args().check
    stale = False
    for name, made in FILES.items():
        path = ROOT / name
        if path.exists() and path.read_text("utf-8") == made():
            continue
        stale = True
        if check:
            print(f"{name} is stale: run `make docs`", file=sys.stderr)
        else:
            path.write_text(made(), "utf-8")
            print(f"{name} written")
    return int(stale and check)


if __name__ == "__main__":
    sys.exit(main())
