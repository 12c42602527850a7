"""The programs of the demo as processes: started, waited for, and stopped without a trace."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from deploy.demo.errors import DemoError

_START_SECONDS = 20.0
_STOP_SECONDS = 6.0
_POLL_SECONDS = 0.05
_LAST_LINES = 12


@dataclass(frozen=True, slots=True)
class Command:
    """What to start."""

    name: str
    arguments: Sequence[str | Path]
    cwd: Path
    log: Path
    """Gets what it writes to both streams."""
    output: Path | None = None
    """Gets the standard output instead, if given."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to ours."""


class Program:
    """A program that runs, in a process group of its own: Ctrl-C is for us alone."""

    def __init__(self, command: Command) -> None:
        """Start it.

        Raises:
            DemoError: it cannot be started at all.
        """
        self.name = command.name
        self._log = command.log
        try:
            self._process = _popen(command)
        except OSError as error:
            raise DemoError(f"the {self.name} cannot be started: {error}") from error

    def check(self) -> None:
        """Raise a `DemoError` with the end of its log if it has ended."""
        code = self._process.poll()
        if code is not None:
            raise DemoError(f"the {self.name} ended with {code}; {self._last_words()}")

    async def wait_for_log(self, text: str) -> None:
        """Poll until its log has a text; raises a `DemoError` as `wait_until` does."""

        async def is_there() -> bool:
            return text in self._written()

        await self.wait_until(is_there)

    async def wait_until(self, ready: Callable[[], Awaitable[bool]]) -> None:
        """Poll until it is ready.

        Args:
            ready: tells it; a refused or broken connection is a no.

        Raises:
            DemoError: it ended, or is not ready in time.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_START_SECONDS):
                while True:
                    self.check()
                    with suppress(aiohttp.ClientError, TimeoutError):
                        if await ready():
                            return
                    await asyncio.sleep(_POLL_SECONDS)
        raise DemoError(f"the {self.name} is not ready; {self._last_words()}")

    @property
    def lives(self) -> bool:
        """Whether it, or anything it started, still runs."""
        if self._process.poll() is None:
            return True
        try:
            os.killpg(self._process.pid, 0)
        except (ProcessLookupError, PermissionError):  # PermissionError: macOS, of a zombie
            return False
        return True

    def terminate(self) -> None:
        """Ask it to end."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """End it with all it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _written(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def _last_words(self) -> str:
        lines = self._written().splitlines()
        if not lines:
            return "its log is empty"
        return "\n  ".join(["the end of its log:", *lines[-_LAST_LINES:]])


def _popen(command: Command) -> "subprocess.Popen[bytes]":
    with command.log.open("ab") as log, (command.output or command.log).open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own programs, and proxies
            [str(argument) for argument in command.arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=log,
            cwd=command.cwd,
            env=os.environ | command.environment,
            start_new_session=True,
        )


@asynccontextmanager
async def running(commands: Sequence[Command]) -> AsyncIterator[dict[str, Program]]:
    """Run programs inside this block; yields them by name."""
    programs: dict[str, Program] = {}
    try:
        for command in commands:
            programs[command.name] = Program(command)
        yield programs
    finally:
        await _stop(list(programs.values()))


async def _stop(programs: Sequence[Program]) -> None:
    for program in programs:
        program.terminate()
    with suppress(TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            # Nothing but asking tells when a process group is empty.
            while any(program.lives for program in programs):  # noqa: ASYNC110
                await asyncio.sleep(_POLL_SECONDS)
    for program in programs:
        program.kill()
