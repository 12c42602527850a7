"""The command as people run it."""

import argparse
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import aiohttp
import pytest

from authz_sidecar.cli import emulator as command
from authz_sidecar.emulator import DEFAULT_PROJECT_ID, Emulator, serving

_PROGRAM = [sys.executable, "-m", "authz_sidecar", "emulator"]


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["emulator", *arguments])
    return int(parsed.run(parsed))


@pytest.fixture
def started() -> Iterator[tuple["subprocess.Popen[str]", str]]:
    with subprocess.Popen(  # noqa: S603 - our own program
        [*_PROGRAM, "--listen", "127.0.0.1:0"],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        banner = "".join(process.stderr.readline() for _ in range(5))
        yield process, banner
        process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_that_it_is_a_fake_and_serves_until_a_signal(
    started: tuple["subprocess.Popen[str]", str], stop: signal.Signals
) -> None:
    process, banner = started
    assert "FAKE" in banner
    assert "no security" in banner
    assert DEFAULT_PROJECT_ID in banner
    found = re.search(r"http://127\.0\.0\.1:[1-9][0-9]*", banner)
    assert found
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{found[0]}/_emulator") as answer,
    ):
        assert (await answer.json())["project_id"] == DEFAULT_PROJECT_ID
    process.send_signal(stop)
    assert process.wait(10) == 0


@pytest.mark.parametrize(
    "listen",
    [
        "0.0.0.0:4010",
        "[::]:4010",
        "192.0.2.1:4010",
        ":4010",
        "example.com:4010",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "127.0.0.1:65536",
    ],
)
def test_it_listens_nowhere_but_on_loopback(
    listen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("--listen", listen) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert listen in error


def test_it_refuses_the_id_of_a_live_project(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--project-id", "project-live-1") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "live" in error


async def test_it_refuses_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(Emulator()) as base_url:
        process = subprocess.run(  # noqa: ASYNC221, S603 - our own program; it ends at once, and nothing else runs here
            [*_PROGRAM, "--listen", base_url.removeprefix("http://")],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert process.returncode == 2
    assert "in use" in process.stderr
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon"])
def test_it_refuses_an_impossible_time_to_revoke_after(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        _run(f"--revoke-after={seconds}")
    assert refused.value.code == 2
    assert "--revoke-after" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])  # noqa: S104 - it must be refused
async def test_serving_in_process_is_loopback_only_too(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        async with serving(Emulator(), host):
            pass


def test_an_emulator_in_process_refuses_what_the_command_does() -> None:
    with pytest.raises(ValueError, match="live"):
        Emulator(project_id="project-live-1")
    for seconds in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="revoke_after"):
            Emulator(revoke_after=seconds)
