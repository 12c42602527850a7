"""Starts a proxy with the files that users copy, on other ports and in a directory of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.demo.copies import copy_with_addresses
from deploy.demo.proxies import Proxy
from tests.integration.http_client import exchange, request_bytes
from tests.integration.processes import Program, free_port, running

DEPLOY = Path(__file__).parents[3] / "deploy"
DOCUMENTED_SIDECAR = "127.0.0.1:9000"
DOCUMENTED_APPLICATION = "127.0.0.1:9100"
DOCUMENTED_LISTEN = "127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Launcher:
    """Starts one proxy, as the demo does."""

    proxy: Proxy

    @property
    def name(self) -> str:
        """The directory in `deploy`, the dialect and the program."""
        return self.proxy.name

    @property
    def shipped(self) -> Path:
        """The directory with the files that users copy."""
        return DEPLOY / self.name

    def program(self) -> str | None:
        """Where the proxy is installed, if it is."""
        return self.proxy.find()

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
        addresses = {documented: f"127.0.0.1:{port}" for documented, port in ports.items()}
        copy_with_addresses(self.proxy.files, directory, addresses)
        command = self.proxy.command(program, directory)
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


def _asks_the_sidecar(port: int) -> bool:
    # A stray server on one of the ports would answer something, but not with the sidecar's mark.
    answer = exchange(port, request_bytes("GET", "/", [("Host", "ready.test")]))
    return answer.decision == ("deny", "unknown_host")
