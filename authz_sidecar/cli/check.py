"""`authz-sidecar check`: what is wrong with a policy, before it is in force."""

import argparse
import sys
from pathlib import Path

from authz_sidecar.core.policy import Policy
from authz_sidecar.policy_file import load_policy, review_policy


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the program's parser."""
    parser = commands.add_parser(
        "check",
        help="say what is wrong with policy files, with line and column",
        description="Print every problem of policy files, one a line, and of those that have none"
        " every warning: what they say, and hardly mean. Exit code: 0 if all are good, 1 if one has"
        " problems, 2 if one cannot be read.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a policy file")
    parser.add_argument("--strict", action="store_true", help="exit 1 for warnings, too")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check policy files.

    Args:
        arguments: files, the paths as they were given; strict, whether warnings fail.

    Returns:
        The exit code: 0 if all are good, 1 if one has problems (or, if strict, warnings), 2 if one
        cannot be read.
    """
    return max(_check(file, strict=arguments.strict) for file in arguments.files)


def _check(file: str, *, strict: bool) -> int:
    try:
        data = Path(file).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) else error
        sys.stderr.write(f"{file}: cannot be read: {reason}\n")
        return 2
    policy = load_policy(data, file)
    problems = policy if isinstance(policy, list) else review_policy(data, file)
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    if isinstance(policy, Policy) and not (problems and strict):
        upstreams = _counted(len(policy.upstreams), "upstream")
        rules = _counted(sum(len(upstream.rules) for upstream in policy.upstreams), "rule")
        warnings = f", {_counted(len(problems), 'warning')}" if problems else ""
        sys.stdout.write(f"{file}: good, {upstreams}, {rules}{warnings}\n")
        return 0
    noun = "warning" if isinstance(policy, Policy) else "problem"
    sys.stderr.write(f"{_counted(len(problems), noun)} in {file}\n")
    return 1


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
