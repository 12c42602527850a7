"""Starts a proxy with the files that users copy, on other ports and in a directory of its own."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.http_client import exchange, request_bytes
from tests.integration.processes import Program, free_port, running

DEPLOY = Path(__file__).parents[3] / "deploy"
# Debian keeps nginx out of a user's PATH; what pip installs lies beside the interpreter.
_PLACES = (Path(sys.executable).parent, Path("/usr/sbin"), Path("/usr/local/sbin"))

DOCUMENTED_SIDECAR = "127.0.0.1:9000"
DOCUMENTED_APPLICATION = "127.0.0.1:9100"
DOCUMENTED_LISTEN = "127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Launcher:
    """How one proxy is started."""

    name: str
    """The directory in `deploy`, the dialect and the program."""
    command: Callable[[str, Path], list[str | Path]]
    """From the program and the directory with the files to the command."""

    @property
    def shipped(self) -> Path:
        """The directory with the files that users copy."""
        return DEPLOY / self.name

    def program(self) -> str | None:
        """Where the proxy is installed, if it is."""
        places = os.pathsep.join([os.environ.get("PATH", ""), *map(str, _PLACES)])
        return shutil.which(self.name, path=places)

    def require(self) -> str:
        """Where the proxy is installed; skips the test where it is not, but never in CI."""
        program = self.program()
        if program is None and os.environ.get("CI") == "true":
            pytest.fail(f"{self.name} is not installed, and in CI every proxy must be")
        return program or pytest.skip(f"{self.name} is not installed")

    @contextmanager
    def started(self, directory: Path, sidecar: int, application: int) -> Iterator["RunningProxy"]:
        """Run the proxy inside this block.

        Args:
            directory: an empty one, for the copies of the files and what the proxy writes.
            sidecar: the port of the sidecar, which must answer already.
            application: the port of the application.
        """
        program = self.require()
        listen = free_port()
        ports = {
            DOCUMENTED_SIDECAR: sidecar,
            DOCUMENTED_APPLICATION: application,
            DOCUMENTED_LISTEN: listen,
        }
        copy_with_ports(self.shipped, directory, ports)
        command = self.command(program, directory)
        log = directory / "output.log"
        with running(self.name, command, log, cwd=directory) as process:
            process.wait_until(lambda: _asks_the_sidecar(listen))
            yield RunningProxy(self.name, listen, process)


@dataclass(frozen=True, slots=True)
class RunningProxy:
    """A proxy that runs."""

    name: str
    port: int
    process: Program


def copy_with_ports(source: Path, target: Path, ports: Mapping[str, int]) -> None:
    """Copy configuration files with other ports; each documented address must be there once."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(source.iterdir())}
    for documented, port in ports.items():
        places = [name for name, text in texts.items() for _ in range(text.count(documented))]
        assert len(places) == 1, f"{documented} is not once in {source}, but here: {places}"
        (name,) = places
        texts[name] = texts[name].replace(documented, f"127.0.0.1:{port}")
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")


def _asks_the_sidecar(port: int) -> bool:
    # A stray server on one of the ports would answer something, but not with the sidecar's mark.
    answer = exchange(port, request_bytes("GET", "/", [("Host", "ready.test")]))
    return answer.decision == ("deny", "unknown_host")
