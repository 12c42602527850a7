"""The project's own programs, as the tests start them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from authz_sidecar.dialects.identity import PRESETS
from deploy.demo.upstream import SEEN_PATH
from tests.integration.http_client import Answer, call
from tests.integration.processes import Program, free_port, running

AUTHZ_SIDECAR = Path(sys.executable).with_name("authz-sidecar")
_ROOT = Path(__file__).parents[2]
_POLICY = Path(__file__).with_name("policy.yaml")
SESSION_COOKIE = "stytch_session"
JWT_COOKIE = "stytch_session_jwt"


@dataclass(frozen=True, slots=True)
class Application:
    """The application behind the proxies."""

    port: int

    def requests(self) -> int:
        """How many requests reached it."""
        count: int = call(self.port, "GET", SEEN_PATH).json()["count"]
        return count


@contextmanager
def application_running(directory: Path) -> Iterator[Application]:
    """Run the demo's application inside this block."""
    command = (sys.executable, "-m", "deploy.demo.upstream", "--listen", "127.0.0.1:0")
    with running("application", command, directory / "application.log", cwd=_ROOT) as program:
        yield Application(int(program.wait_for_output(r"http://127\.0\.0\.1:(\d+)\n")))


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A sidecar that serves."""

    port: int
    admin_port: int
    program: Program


@contextmanager
def sidecar_running(
    directory: Path, stytch_port: int, project: tuple[str, str]
) -> Iterator[Sidecar]:
    """Run `authz-sidecar serve` with the tests' policy inside this block.

    Args:
        directory: for its settings and log.
        stytch_port: the emulator's port.
        project: the id and the secret of the emulated project.
    """
    port, admin_port = free_port(), free_port()
    settings = {
        "version": 1,
        "policy": str(_POLICY),
        "listen": f"127.0.0.1:{port}",
        "admin_listen": f"127.0.0.1:{admin_port}",
        "dialects": ["nginx", "traefik"],
        "default_dialect": "traefik",
        "stytch": {"base_url": f"http://127.0.0.1:{stytch_port}"},
        "client_ip": {"header": "X-Forwarded-For"},
        "identity_headers": {"presets": list(PRESETS)},
        "session": {
            "cookie": SESSION_COOKIE,
            "jwt_cookie": JWT_COOKIE,
            "renew_jwt": {"domain": "shop.test"},
        },
    }
    path = directory / "sidecar.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    environment = dict(zip(("STYTCH_PROJECT_ID", "STYTCH_SECRET"), project, strict=True))
    command = (AUTHZ_SIDECAR, "serve", "--settings", path)
    with running("sidecar", command, directory / "sidecar.log", env=environment) as program:
        program.wait_until(lambda: _is_ready(admin_port))
        yield Sidecar(port, admin_port, program)


def _is_ready(admin_port: int) -> bool:
    answer: Answer = call(admin_port, "GET", "/readyz")
    return answer.status == 200
