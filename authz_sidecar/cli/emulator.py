"""`authz-sidecar emulator`: a stand-in for Stytch's API on a loopback port."""

import argparse
import asyncio
import ipaddress
import math
import signal
import sys

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET, Emulator, serving

_DEFAULT_LISTEN = "127.0.0.1:4010"
_MAX_PORT = 65535


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the program's parser."""
    parser = commands.add_parser(
        "emulator",
        help="a stand-in for Stytch's API, for demos and tests; it holds no security",
        description="Serve a fake of Stytch's consumer API on a loopback port until stopped.",
    )
    parser.add_argument(
        "--listen",
        default=_DEFAULT_LISTEN,
        metavar="HOST:PORT",
        help="a loopback address; port 0 takes a free one (default: %(default)s)",
    )
    parser.add_argument(
        "--project-id",
        default=DEFAULT_PROJECT_ID,
        help="the project to stand in for, never a live one (default: %(default)s)",
    )
    parser.add_argument(
        "--secret",
        default=DEFAULT_SECRET,
        help="the secret its clients must give (default: %(default)s)",
    )
    parser.add_argument(
        "--revoke-after",
        type=_seconds,
        default=1.0,
        metavar="SECONDS",
        help="how soon a session dies once a second factor replaced it (default: %(default)s)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve the emulator until SIGTERM or SIGINT.

    Args:
        arguments: listen, project_id, secret and revoke_after.

    Returns:
        The exit code: 0 after a signal, 2 for an argument that is refused or a port in use.
    """
    try:
        host, port = _loopback(arguments.listen)
        emulator = Emulator(
            project_id=arguments.project_id,
            secret=arguments.secret,
            revoke_after=arguments.revoke_after,
        )
    except ValueError as error:
        return _refuse(error)
    try:
        asyncio.run(_serve(emulator, host, port))
    except OSError as error:
        return _refuse(error)
    return 0


def _refuse(error: Exception) -> int:
    sys.stderr.write(f"authz-sidecar emulator: {error}\n")
    return 2


async def _serve(emulator: Emulator, host: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    async with serving(emulator, host, port) as base_url:
        sys.stderr.write(
            "THIS IS A FAKE OF STYTCH. It holds no security: use it for demos and tests only.\n"
            f"  base URL    {base_url}\n"
            f"  project id  {emulator.project_id}\n"
            f"  secret      {emulator.secret}\n"
            f"  control     {base_url}/_emulator\n"
        )
        sys.stderr.flush()
        await stopped.wait()


def _loopback(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > _MAX_PORT:
        raise ValueError(f"--listen {listen}: must be HOST:PORT, for example {_DEFAULT_LISTEN}")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ValueError(f"--listen {listen}: only a loopback address, since this is a fake")
    return host, int(port)


def _seconds(text: str) -> float:
    seconds = float(text.removesuffix("s"))
    if not math.isfinite(seconds) or seconds < 0:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds, 0 or more")
    return seconds
