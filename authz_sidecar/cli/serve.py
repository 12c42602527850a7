"""`authz-sidecar serve`: the service itself."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from authz_sidecar.located_yaml import Problem
from authz_sidecar.policy_file import load_policy, review_policy
from authz_sidecar.server.lifecycle import StartError, serve
from authz_sidecar.settings import load_settings

_log = logging.getLogger(__name__)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("serve", help="answer the proxies' questions")
    parser.add_argument(
        "--settings",
        type=Path,
        default=Path("config/sidecar.yaml"),
        metavar="FILE",
        help="where and how to serve (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal.

    Returns:
        0 after a graceful stop; 1 if a file has problems; 2 if a file cannot be read or an
        address not be listened on.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        settings = load_settings(arguments.settings, os.environ)
        if isinstance(settings, list):
            return _refuse(settings)
        data, file = settings.policy.read_bytes(), str(settings.policy)
        policy = load_policy(data, file)
        if isinstance(policy, list):
            return _refuse(policy)
        for warning in review_policy(data, file, client_ip=settings.client_ip is not None):
            _log.warning("%s", warning)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings, policy))
    except StartError as error:
        print(f"authz-sidecar: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"authz-sidecar: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _refuse(problems: Sequence[Problem]) -> int:
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1
