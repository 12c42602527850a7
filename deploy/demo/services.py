"""The demo's four programs, wired together: a proxy, the sidecar, an application, the emulator."""

import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET
from deploy.demo.copies import copy_with_addresses
from deploy.demo.ports import DOCUMENTED, Ports
from deploy.demo.programs import Command, Program, running
from deploy.demo.proxies import Proxy

HERE = Path(__file__).parent
_ROOT = HERE.parents[1]
_AUTHZ_SIDECAR = Path(sys.executable).with_name("authz-sidecar")

EMULATOR, APPLICATION, SIDECAR, PROXY = "emulator", "application", "sidecar", "proxy"


@dataclass(frozen=True, slots=True)
class Services:
    """The programs, which all answer."""

    proxy: Proxy
    ports: Ports
    programs: dict[str, Program]
    decision_log: Path

    def check(self) -> None:
        """Raise a `DemoError` if one of the programs has ended."""
        for program in self.programs.values():
            program.check()


@asynccontextmanager
async def services_running(
    proxy: Proxy, ports: Ports, directory: Path, http: aiohttp.ClientSession
) -> AsyncIterator[Services]:
    """Run the four programs inside this block, which they enter when they all answer.

    Args:
        proxy: which proxy to run.
        ports: where they listen.
        directory: an empty one, for copies of configuration files and for logs.
        http: to ask whether they answer.

    Raises:
        DemoError: one of them does not start.
    """
    decision_log = directory / "decisions.jsonl"
    commands = [
        _emulator(ports, directory),
        _application(ports, directory),
        _sidecar(ports, directory, decision_log),
        _proxy(proxy, ports, directory),
    ]
    async with running(commands) as programs:
        # Their own logs tell, since on a port somebody else may have been faster.
        await programs[EMULATOR].wait_for_log("base URL")
        await programs[APPLICATION].wait_for_log("listens on")
        await programs[SIDECAR].wait_for_log("listening:")
        await programs[PROXY].wait_until(_asks(ports.proxy, decision_log, http))
        yield Services(proxy, ports, programs, decision_log)


def _emulator(ports: Ports, directory: Path) -> Command:
    arguments = (_AUTHZ_SIDECAR, "emulator", "--listen", f"127.0.0.1:{ports.stytch}")
    return Command(EMULATOR, arguments, directory, directory / "emulator.log")


def _application(ports: Ports, directory: Path) -> Command:
    listen = f"127.0.0.1:{ports.application}"
    arguments = (sys.executable, "-m", "deploy.demo.upstream", "--listen", listen)
    return Command(APPLICATION, arguments, _ROOT, directory / "application.log")


def _sidecar(ports: Ports, directory: Path, decision_log: Path) -> Command:
    addresses = {
        _on_loopback(DOCUMENTED.sidecar): _on_loopback(ports.sidecar),
        _on_loopback(DOCUMENTED.admin): _on_loopback(ports.admin),
        _on_loopback(DOCUMENTED.stytch): _on_loopback(ports.stytch),
    }
    for page in ("login", "step-up"):
        documented = f"auth.localhost:{DOCUMENTED.proxy}/{page}"
        addresses[documented] = f"auth.localhost:{ports.proxy}/{page}"
    copies = _new(directory / "sidecar")
    copy_with_addresses((HERE / "sidecar.yaml", HERE / "policy.yaml"), copies, addresses)
    return Command(
        SIDECAR,
        (_AUTHZ_SIDECAR, "serve", "--settings", copies / "sidecar.yaml"),
        cwd=directory,
        log=directory / "sidecar.log",
        output=decision_log,
        environment={"STYTCH_PROJECT_ID": DEFAULT_PROJECT_ID, "STYTCH_SECRET": DEFAULT_SECRET},
    )


def _proxy(proxy: Proxy, ports: Ports, directory: Path) -> Command:
    addresses = {
        _on_loopback(DOCUMENTED.proxy): _on_loopback(ports.proxy),
        _on_loopback(DOCUMENTED.sidecar): _on_loopback(ports.sidecar),
        _on_loopback(DOCUMENTED.application): _on_loopback(ports.application),
    }
    copies = _new(directory / proxy.name)
    copy_with_addresses(proxy.files, copies, addresses)
    command = proxy.command(proxy.require(), copies)
    return Command(PROXY, command, cwd=copies, log=directory / f"{proxy.name}.log")


def _on_loopback(port: int) -> str:
    return f"127.0.0.1:{port}"


def _new(directory: Path) -> Path:
    directory.mkdir()
    return directory


def _asks(
    proxy_port: int, decision_log: Path, http: aiohttp.ClientSession
) -> Callable[[], Awaitable[bool]]:
    """Whether the proxy on this port asks our sidecar: then its decision log has our path."""
    path = f"/ready-{secrets.token_hex(8)}"

    async def ready() -> bool:
        async with http.get(f"http://127.0.0.1:{proxy_port}{path}"):
            return path in _text(decision_log)

    return ready


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
