"""The real program, started for the tests that speak to it byte by byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.integration.http_client import call
from tests.integration.processes import Program, free_port, running
from tests.integration.programs import AUTHZ_SIDECAR, SESSION_COOKIE
from tests.integration.stytch_emulator import PROJECT_ID, SECRET
from tests.wire.raw import GOOD, connected

POLICY = Path(__file__).with_name("policy.yaml")
DEFAULT_DIALECT = "traefik"
DIALECTS = ("nginx", "traefik")


@dataclass(frozen=True, slots=True)
class Service:
    """A sidecar that serves."""

    port: int
    program: Program

    def resident_kib(self) -> int:
        """How much memory it holds."""
        status = Path(f"/proc/{self.program.process.pid}/status").read_text(encoding="ascii")
        return next(
            int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")
        )

    def assert_it_answers(self) -> None:
        """Ask as a proxy does, on a connection of its own."""
        with connected(self.port) as connection:
            connection.send(GOOD)
            assert connection.reasons(1) == ["public"]


@contextmanager
def serving(directory: Path, stytch_port: int) -> Iterator[Service]:
    """Run `authz-sidecar serve` with the policy of these tests inside this block.

    Args:
        directory: for its settings and log.
        stytch_port: where Stytch is asked.
    """
    port, admin_port = free_port(), free_port()
    settings = {
        "version": 1,
        "policy": str(POLICY),
        "listen": f"127.0.0.1:{port}",
        "admin_listen": f"127.0.0.1:{admin_port}",
        "dialects": list(DIALECTS),
        "default_dialect": DEFAULT_DIALECT,
        "stytch": {"base_url": f"http://127.0.0.1:{stytch_port}"},
        "session": {"cookie": SESSION_COOKIE},
    }
    path = directory / "sidecar.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    environment = {"STYTCH_PROJECT_ID": PROJECT_ID, "STYTCH_SECRET": SECRET}
    command = (AUTHZ_SIDECAR, "serve", "--settings", path)
    with running("sidecar", command, directory / "sidecar.log", env=environment) as program:
        program.wait_until(lambda: call(admin_port, "GET", "/readyz").status == 200)
        yield Service(port, program)
