"""`make demo`: every step as expected, commands that work, and nothing left behind."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from deploy.demo import ports
from deploy.demo.checks import Challenge, Check, allowed, refused, without_hint
from deploy.demo.copies import copy_with_addresses
from deploy.demo.errors import DemoError
from deploy.demo.proxies import PROXIES
from deploy.demo.table import WIDTH
from deploy.demo.visits import Visit
from tests.integration.processes import Program, running
from tests.integration.proxies.launcher import Launcher

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^ ?(\d+)  (.{32})  (.{26})  (.{20})  (.{18})  (ok|BAD)$", re.MULTILINE)


@contextmanager
def demo(directory: Path, *options: str) -> Iterator[Program]:
    """Run the demo, with its temporary files in a directory."""
    (temporary := directory / "tmp").mkdir()
    command = (sys.executable, "-m", "deploy.demo", *options)
    environment = {"TMPDIR": str(temporary), "STYTCH_SECRET": "of-another-project"}
    with running("demo", command, directory / "out", cwd=ROOT, env=environment) as program:
        yield program
    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []


def processes_of(temporary: Path) -> list[Path]:
    """Processes of a demo: they inherit its TMPDIR, or (nginx, which hides that) work in it.

    On a port, or by a name, another demo could be mistaken for this one.
    """
    mark = f"TMPDIR={temporary}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is another user's
            inherits = mark in (process / "environ").read_bytes().split(b"\0")
            if inherits or str((process / "cwd").readlink()).startswith(str(temporary)):
                found.append(process)
    return found


def test_every_step_is_as_expected(launcher: Launcher, tmp_path: Path) -> None:
    with demo(tmp_path, "--proxy", launcher.name, "--once") as program:
        code = program.process.wait(50)

    output = program.output()
    assert code == 0, output
    rows = [tuple(map(str.strip, row)) for row in ROW.findall(output)]
    assert len(rows) == 33
    assert {mark for *_, mark in rows} == {"ok"}
    assert "\n33 of 33 steps as expected\n" in output
    assert max(map(len, output.splitlines())) <= WIDTH
    assert "\x1b" not in output
    seen = {(came_back, why) for *_, came_back, why, _ in rows}
    assert seen > {
        ("302 to /login", "no_session"),
        ("401, see /login", "no_session"),
        ("401, see /step-up", "factor_missing"),
        ("a new session token", "password + sms"),
        ("200", "requirement_met"),
        ("302 to /login", "session_invalid"),
        ("302 to /step-up", "factor_too_old"),
        ("403", "role_missing"),
        ("503", "stytch_unavailable"),
    }


def test_it_stays_until_ctrl_c_and_the_commands_it_prints_work(
    launcher: Launcher, tmp_path: Path
) -> None:
    curl = curl_program()
    with demo(tmp_path, "--proxy", launcher.name) as program:
        program.wait_for_output(r"(the decision log:\n.+\n)")
        if sys.platform == "linux":
            assert len(processes_of(tmp_path / "tmp")) >= 5
        try_commands(curl, program.output())
        program.signal(signal.SIGINT)
        assert program.process.wait(20) == 0
    assert program.output().endswith("stopping\n")


def curl_program() -> str:
    program = shutil.which("curl")
    if program is None and os.environ.get("CI") == "true":
        pytest.fail("curl is not installed")
    return program or pytest.skip("curl is not installed")


def try_commands(curl: str, output: str) -> None:
    """Run all, and hold those with a status to it; fill in what one answer tells the next."""
    names = "\n".join(re.findall(r"^    ([A-Z]+=\S+)$", output, re.MULTILINE))
    commands = re.findall(r"^  (\S.*):\n    curl (.+)$", output, re.MULTILINE)
    assert len(commands) == 17
    filled = {"PHONE_ID": "", "CODE": ""}
    for what, arguments in commands:
        for name, value in filled.items():
            arguments = arguments.replace(f'"{name}"', f'"{value}"')  # noqa: PLW2901
        script = f"{names}\n{curl} --silent --show-error {arguments}"
        done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
        if status := re.match(r"\d{3}\b", what):
            assert done.stdout.startswith(f"HTTP/1.1 {status[0]} "), (what, done.stdout)
        elif "/metrics" in arguments:
            assert "authz_decisions_total{" in done.stdout
        else:
            answer = json.loads(done.stdout)
            assert "error_type" not in answer, (what, answer)
            filled["PHONE_ID"] = answer.get("phone_id", filled["PHONE_ID"])
            if "messages" in answer:
                filled["CODE"] = answer["messages"][-1]["code"]


def test_a_signal_in_the_middle_leaves_nothing_behind(launcher: Launcher, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "deploy.demo", "--proxy", launcher.name)
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(  # noqa: S603 - the demo
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        output = ""
        assert process.stdout is not None
        while "passwords.authenticate" not in output and (line := process.stdout.readline()):
            output += line
        process.terminate()
        output += process.stdout.read()

    assert process.returncode == 128 + signal.SIGTERM
    assert "steps as expected" not in output
    assert list(tmp_path.iterdir()) == []
    assert processes_of(tmp_path) == []


def test_a_proxy_that_is_not_there_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(DemoError, match=r"nginx is not installed: .*apt-get.*PROXY=traefik"):
        PROXIES["nginx"].require()


def test_a_port_in_use_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        usual = ports.Ports(proxy=taken.getsockname()[1])
        monkeypatch.setattr(ports, "DOCUMENTED", usual)
        chosen = ports.choose_ports()
    assert chosen.proxy != usual.proxy
    assert len(set(asdict(chosen).values())) == 5


def test_no_usual_port_is_taken_where_others_were_faster() -> None:
    chosen = asdict(ports.choose_ports(usual=False)).values()
    assert not set(chosen) & set(asdict(ports.DOCUMENTED).values())


def test_files_that_lost_their_documented_address_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "proxy.conf").write_text("listen 127.0.0.1:8081;\n")
    with pytest.raises(DemoError, match=r"127\.0\.0\.1:8080 is not once in proxy\.conf"):
        copy_with_addresses([tmp_path / "proxy.conf"], tmp_path, {"127.0.0.1:8080": "x"})


CHALLENGE = Challenge("http://auth/login", "no_session", "http://shop/a?b=c%26d")
URL = "http://auth/login?return_to=http%3A%2F%2Fshop%2Fa%3Fb%3Dc%2526d&reason=no_session"
REFUSED = {"X-Authz-Reason": "no_session", "Cache-Control": "no-store"}
REDIRECT = {**REFUSED, "Location": URL}
TOLD = {**REFUSED, "X-Authz-Authenticate-Url": URL, "WWW-Authenticate": "Bearer"}
ANN = {"X-Authz-Reason": "requirement_met", "X-Authz-User": "ann"}
ALLOWED = allowed("requirement_met", {"X-Authz-User": "ann"})


def visit(status: int, headers: dict[str, str], passed_on: dict[str, str] | None = None) -> Visit:
    reached = int(passed_on is not None)
    answered = CIMultiDictProxy(CIMultiDict(headers))
    return Visit(status, answered, 0.0, reached, CIMultiDict(passed_on or {}))


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (CHALLENGE.to_browser, visit(302, REDIRECT), visit(401, REDIRECT)),
        (CHALLENGE.to_browser, visit(302, REDIRECT), visit(302, REDIRECT, {})),
        (CHALLENGE.to_browser, visit(302, REDIRECT), visit(302, REFUSED)),
        (
            CHALLENGE.to_browser,
            visit(302, REDIRECT),
            visit(302, {**REDIRECT, "Location": URL[:-4]}),
        ),
        (
            CHALLENGE.to_browser,
            visit(302, REDIRECT),
            visit(302, {**REDIRECT, "Location": URL.replace("auth", "evil")}),
        ),
        (
            CHALLENGE.to_browser,
            visit(302, REDIRECT),
            visit(302, {**REDIRECT, "Location": f"{URL}&factors=password"}),
        ),
        (CHALLENGE.to_program, visit(401, TOLD), visit(401, {**TOLD, "Location": URL})),
        (CHALLENGE.to_program, visit(401, TOLD), visit(401, {**TOLD, "WWW-Authenticate": "Basic"})),
        (CHALLENGE.to_program, visit(401, TOLD), visit(401, {**TOLD, "X-Authz-User": "ann"})),
        (without_hint, visit(403, REFUSED), visit(403, REDIRECT)),
        (
            refused(403, "no_session"),
            visit(403, REFUSED),
            visit(403, {**REFUSED, "Cache-Control": ""}),
        ),
        (
            refused(403, "no_session"),
            visit(403, REFUSED),
            visit(403, {**REFUSED, "X-Authz-Reason": ""}),
        ),
        (ALLOWED, visit(200, {}, ANN), visit(200, {}, {**ANN, "X-Authz-User": "root"})),
        (ALLOWED, visit(200, {}, ANN), visit(200, {}, {**ANN, "X-Authz-Reason": "public"})),
        (ALLOWED, visit(200, {}, ANN), visit(200, ANN)),
    ],
)
def test_the_steps_are_judged_exactly(check: Check, good: Visit, bad: Visit) -> None:
    assert list(check(good)) == []
    assert list(check(bad)) != []
