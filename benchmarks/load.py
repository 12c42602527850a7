"""As many requests as the sidecar answers, by wrk where it is installed, else by aiohttp."""

import asyncio
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

import aiohttp

from benchmarks.rig import pinned

CONNECTIONS = 32
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
# Each request has a token of its own, none of which anybody has seen.
_STRANGERS = """
local number = 0
request = function()
  number = number + 1
  wrk.headers["Cookie"] = string.format("stytch_session=%s%036d", "MARK", number)
  return wrk.format("GET")
end
"""


class Load(NamedTuple):
    """What a load brought about."""

    per_second: float
    p50: float
    """Milliseconds."""
    p99: float
    """Milliseconds."""
    refused: int
    """Answers other than 2xx and 3xx."""


def tool() -> str:
    """What makes the load."""
    return "wrk" if shutil.which("wrk") else "aiohttp's client, since wrk is not installed"


async def drive(
    url: str, headers: Mapping[str, str], seconds: float = 3.0, *, strangers: str = ""
) -> Load:
    """Send requests over and over, by 32 connections.

    Args:
        url: where to.
        headers: of each request.
        seconds: for how long.
        strangers: eight characters that mark this run; if given, each request has a session token
            of its own that begins with them.
    """
    if shutil.which("wrk"):
        return await _wrk(url, headers, seconds, strangers)
    return await _aiohttp(url, headers, seconds, strangers)


async def _wrk(url: str, headers: Mapping[str, str], seconds: float, strangers: str) -> Load:
    with TemporaryDirectory() as directory:
        script = Path(directory) / "strangers.lua"
        script.write_text(_STRANGERS.replace("MARK", strangers), encoding="ascii")
        fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        arguments = [*pinned(1), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--latency"]
        arguments += fields + (["-s", str(script)] if strangers else []) + [url]
        process = await asyncio.create_subprocess_exec(
            *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        output, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"wrk failed: {errors.decode()}")
    return read_wrk(output.decode())


def read_wrk(text: str) -> Load:
    """What wrk prints with `--latency`."""

    def number(pattern: str) -> float:
        found = re.search(pattern, text)
        return float(found[1]) if found else 0.0

    def milliseconds(percent: int) -> float:
        found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)\b", text)
        return float(found[1]) * _UNITS[found[2]] if found else 0.0

    refused = int(number(r"Non-2xx or 3xx responses: (\d+)"))
    return Load(number(r"Requests/sec:\s+([\d.]+)"), milliseconds(50), milliseconds(99), refused)


async def _aiohttp(url: str, headers: Mapping[str, str], seconds: float, strangers: str) -> Load:
    took: list[float] = []
    refused = 0
    began = time.perf_counter()

    async def client(http: aiohttp.ClientSession) -> None:
        nonlocal refused
        while (sent := time.perf_counter()) - began < seconds:
            fields = dict(headers)
            if strangers:
                fields["Cookie"] = f"stytch_session={strangers}{len(took):036}"
            async with http.get(url, headers=fields, allow_redirects=False) as answer:
                await answer.read()
                refused += answer.status >= 400  # noqa: PLR2004 - the first error
            took.append((time.perf_counter() - sent) * 1000)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        await asyncio.gather(*(client(http) for _ in range(CONNECTIONS)))
    elapsed = time.perf_counter() - began
    return Load(len(took) / elapsed, median(took), quantiles(took, n=100)[98], refused)


def middle(loads: list[Load]) -> Load:
    """The median of several rounds, each figure by itself."""
    return Load(
        median(load.per_second for load in loads),
        median(load.p50 for load in loads),
        median(load.p99 for load in loads),
        max(load.refused for load in loads),
    )
