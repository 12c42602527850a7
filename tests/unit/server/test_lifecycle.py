"""Start and stop of the real program."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET, Emulator
from tests.contract.support import EmulatorThread
from tests.integration.http_client import call, exchange, request_bytes
from tests.integration.processes import Program, free_port, running

PROGRAM = Path(sys.executable).with_name("authz-sidecar")
ENVIRONMENT = {"STYTCH_PROJECT_ID": DEFAULT_PROJECT_ID, "STYTCH_SECRET": DEFAULT_SECRET}
POLICY = """\
version: 1
login_url: https://auth.example.com/login
upstreams:
  - id: shop
    hosts: [shop.example.com]
    rules:
      - {id: open, match: {paths: [/open]}, access: public}
      - {id: rest, require: one_factor}
"""
ASKED = {
    "Host": "sidecar",
    "Connection": "close",
    "X-Forwarded-Method": "GET",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example.com",
    "X-Forwarded-Uri": "/mine?hidden-query=1",
    "Cookie": "stytch_session=hidden-token-hidden-token-hidden-token-x",
}


def ask(port: int) -> int:
    return exchange(port, request_bytes("GET", "/authz", ASKED.items())).status


def hang(emulator: EmulatorThread) -> None:
    """Let Stytch answer nobody."""
    url = f"{emulator.base_url}/_emulator/faults"
    assert requests.post(url, json={"kind": "hang"}, timeout=5).ok


class Files:
    """A settings file and a policy beside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.settings = directory / "sidecar.yaml"
        self.policy = directory / "policy.yaml"
        self.port, self.admin_port = free_port(), free_port()
        self.stytch = "http://127.0.0.1:1"
        self.policy.write_text(POLICY)
        self.write()

    def write(self, **changes: object) -> None:
        settings = {
            "version": 1,
            "listen": f"127.0.0.1:{self.port}",
            "admin_listen": f"127.0.0.1:{self.admin_port}",
            "stytch": {"base_url": self.stytch},
        }
        self.settings.write_text(json.dumps(settings | changes))

    def serve(self) -> "subprocess.CompletedProcess[str]":
        """Run the program to its end, which here is a refusal to start."""
        return subprocess.run(  # noqa: S603 - our own program
            [PROGRAM, "serve", "--settings", self.settings],
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
            env=os.environ | ENVIRONMENT,
        )


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


@pytest.fixture
def emulator() -> Iterator[EmulatorThread]:
    with EmulatorThread(Emulator()) as running_emulator:
        yield running_emulator


@pytest.fixture
def program(files: Files, emulator: EmulatorThread) -> Iterator[Program]:
    files.stytch = emulator.base_url
    files.write()
    command = (PROGRAM, "serve", "--settings", files.settings)
    log = files.directory / "log"
    with running("sidecar", command, log, env=ENVIRONMENT) as started:
        started.wait_for_output(r"(listening): decisions on 127\.0\.0\.1:\d+")
        started.wait_until(lambda: call(files.admin_port, "GET", "/readyz").status == 200)
        yield started


def test_it_says_where_it_listens_and_stops_gracefully(files: Files, program: Program) -> None:
    assert call(files.admin_port, "GET", "/readyz").status == 200
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(10) == 0
    assert program.output().endswith("INFO stopped\n")


def test_a_request_in_flight_is_answered_before_the_end(
    files: Files, program: Program, emulator: EmulatorThread
) -> None:
    assert ask(files.port) == 401
    hang(emulator)
    calls = emulator.emulator.calls
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(ask(files.port)))
    asking.start()
    program.wait_until(lambda: calls["sessions.authenticate"] == 2)
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(10) == 0
    asking.join()
    assert answers == [503]
    assert '"reason":"stytch_unavailable"' in program.output()


def test_no_token_or_query_is_in_the_log_or_the_metrics(
    files: Files, program: Program, emulator: EmulatorThread
) -> None:
    hang(emulator)
    assert ask(files.port) == 503
    metrics = call(files.admin_port, "GET", "/metrics").body.decode()
    assert 'reason="stytch_unavailable",rule="rest",upstream="shop"} 1.0' in metrics
    for text in (program.output(), metrics):
        for secret in ("hidden", DEFAULT_SECRET):
            assert secret not in text


def test_without_signing_keys_it_is_alive_and_says_why_it_is_not_ready(files: Files) -> None:
    command = (PROGRAM, "serve", "--settings", files.settings)
    with running("sidecar", command, files.directory / "log", env=ENVIRONMENT) as started:
        started.wait_for_output(r"(signing keys cannot be fetched: unreachable)")
        answer = call(files.admin_port, "GET", "/readyz")
        assert (answer.status, answer.body) == (
            503,
            b"no signing keys of Stytch yet; the log says why\n",
        )
        assert call(files.admin_port, "GET", "/healthz").status == 200


def test_the_health_check_asks_the_running_service(files: Files, program: Program) -> None:
    def check() -> int:
        return subprocess.run(  # noqa: S603 - our own program
            [PROGRAM, "healthcheck", "--settings", files.settings],
            capture_output=True,
            timeout=20,
            check=False,
            env=os.environ | ENVIRONMENT,
        ).returncode

    assert check() == 0
    program.process.send_signal(signal.SIGTERM)
    program.process.wait(10)
    assert check() == 1
    files.write(listen="nowhere")
    assert check() == 2


def test_a_unix_socket_is_listened_on(files: Files) -> None:
    path = files.directory / "authz.sock"
    files.write(listen=f"unix:{path}", admin_listen=f"unix:{path}.admin")
    command = (PROGRAM, "serve", "--settings", files.settings)
    with running("sidecar", command, files.directory / "log", env=ENVIRONMENT) as started:
        started.wait_for_output(r"(listening): decisions on unix:")
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
        connection.sendall(b"GET /authz HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n")
        assert b"missing_header" in connection.recv(4096)
        connection.close()


def test_a_policy_with_problems_is_refused_with_all_of_them(files: Files) -> None:
    files.policy.write_text(POLICY.replace("require", "requires").replace("/open", "open"))
    ended = files.serve()
    assert ended.returncode == 1
    assert ended.stdout == ""
    lines = ended.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"{files.policy}:7:36",
        f"{files.policy}:8:20",
    ]


def test_settings_with_problems_are_refused_with_all_of_them(files: Files) -> None:
    files.write(deadline="soon", dialects=["telnet"])
    ended = files.serve()
    assert ended.returncode == 1
    assert [line.split(": ")[1] for line in ended.stderr.splitlines()] == [
        "deadline",
        "dialects[0]",
    ]


def test_a_missing_policy_is_one_clear_line(files: Files) -> None:
    files.policy.unlink()
    ended = files.serve()
    assert ended.returncode == 2
    assert ended.stderr == f"authz-sidecar: {files.policy}: No such file or directory\n"


@pytest.mark.parametrize("which", ["listen", "admin_listen"])
def test_a_busy_port_is_one_clear_line(files: Files, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        files.write(**{which: address})
        started = time.monotonic()
        ended = files.serve()
    assert time.monotonic() - started < 15
    assert ended.returncode == 2
    assert ended.stderr == f"authz-sidecar: cannot listen on {address}: Address already in use\n"


def test_an_address_that_does_not_exist_is_one_clear_line(files: Files) -> None:
    files.write(listen=f"unix:{files.directory}/nowhere/authz.sock")
    ended = files.serve()
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"authz-sidecar: cannot listen on unix:{files.directory}/now")
    assert ended.stderr.count("\n") == 1
