"""The command line: one short file a command."""

import argparse
import io
import sys
from collections.abc import Sequence
from importlib.metadata import version

from authz_sidecar.cli import check, emulator, healthcheck, schema, serve


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="authz-sidecar",
        description="Forward-auth for Stytch: sessions, MFA and step-up for the services behind "
        "your reverse proxy.",
    )
    top.add_argument("--version", action="version", version=version("authz-sidecar"))
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (serve, check, schema, emulator, healthcheck):
        command.add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the console script.

    Args:
        argv: the arguments after the program's name; None: those of the process.

    Returns:
        The exit code: 0 good, 1 the answer is no, 2 it could not be done.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without UTF-8 must not turn a message into a traceback.
            stream.reconfigure(errors="backslashreplace")
    arguments = parser().parse_args(argv)
    code: int = arguments.run(arguments)
    return code
