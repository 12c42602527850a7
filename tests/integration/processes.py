"""Programs that run beside the tests: started, waited for, stopped, and nothing left of them."""

import os
import re
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

START_SECONDS = 15.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.02

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that runs."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def output(self) -> str:
        """What it wrote so far, on both streams."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_until(self, ready: Callable[[], ResultT | None]) -> ResultT:
        """Poll until `ready` gives something; a program that ends or is late fails the test."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                result = ready()
            except OSError:
                result = None
            if result:
                return result
            if self.process.poll() is not None:
                break
            time.sleep(_POLL_SECONDS)
        code = self.process.poll()
        raise AssertionError(
            f"{self.name} {'is not ready' if code is None else f'ended with {code}'}:\n"
            f"{self.output()}"
        )

    def wait_for_output(self, pattern: str) -> str:
        """Poll until it writes something; returns the pattern's first group."""
        return self.wait_until(lambda: re.search(pattern, self.output()))[1]

    def signal(self, number: int) -> None:
        """Send a signal to it and whatever it started."""
        os.killpg(self.process.pid, number)


@contextmanager
def running(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """Run a program inside this block, in a process group of its own.

    Args:
        name: for messages.
        command: program and arguments.
        log: gets both output streams.
        cwd: the directory to run in.
        env: added to the environment.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - programs of the project, and proxies
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=os.environ | (env or {}),
            start_new_session=True,
        )
    program = Program(name, process, log)
    try:
        yield program
    finally:
        _stop(program)


def _stop(program: Program) -> None:
    """Stop it as an operator would, and insist on a clean end of all its processes."""
    group = program.process.pid
    try:
        program.process.send_signal(signal.SIGCONT)  # in case a test froze it
        program.process.terminate()
        code = program.process.wait(_STOP_SECONDS)
        assert code in {0, -signal.SIGKILL}, (
            f"{program.name} ended with {code}:\n{program.output()}"
        )
        assert not _group_lives(group), f"{program.name} left processes behind"
    finally:
        if _group_lives(group):
            os.killpg(group, signal.SIGKILL)
            program.process.wait(_STOP_SECONDS)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port that nobody listens on.

    It lies below those that the kernel gives to outgoing connections, so that none of them takes
    it before the program does. Chance comes from `secrets`, since pytest-randomly sows `random`
    alike for every test.
    """
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
