"""The page about the emulator says what is true, and its examples run."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from authz_sidecar.emulator import api, control
from authz_sidecar.emulator.endpoints import Endpoint
from authz_sidecar.emulator.faults import FaultKind
from tests.contract.support import EmulatorThread, Http, Json

PAGE = (Path(__file__).parents[2] / "docs/emulator.md").read_text()
BASE_URL = "http://127.0.0.1:4010"
PIPE = re.compile(r" \| (?=jq |curl )")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading, without its head."""
    after = PAGE.split(heading, 1)[1]
    table = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)
    assert table
    lines = table[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def _call(endpoint: Endpoint) -> str:
    path = endpoint.path.replace(r":\d{1,9}", "").replace("{thing_id}", "{id}")
    return f"{endpoint.method} {path}"


def test_the_table_of_endpoints_is_complete() -> None:
    expected = [[endpoint.name, _call(endpoint)] for endpoint in api.ENDPOINTS]
    assert _rows("## What it answers") == expected


def test_the_table_of_control_calls_is_complete() -> None:
    expected = [_call(endpoint) for endpoint in control.ENDPOINTS]
    assert [row[0] for row in _rows("### Every control call")] == expected


def test_the_table_of_faults_is_complete() -> None:
    kinds = [row[0] for row in _rows("### Faults, and how often")]
    assert sorted(kinds) == sorted(get_args(FaultKind))


@pytest.mark.parametrize("number", [0, 1])
async def test_the_python_examples_run(number: int, server: EmulatorThread) -> None:
    names: dict[str, Any] = {}
    source = _blocks("python")[number].replace(BASE_URL, server.base_url)
    exec(source, names)  # noqa: S102 - our own page
    if "main" in names:
        await names["main"]()


def _commands() -> Iterator[str]:
    """Yield the shell's logical lines: one goes on while a quote is open."""
    line = ""
    for part in "".join(_blocks("sh")).splitlines():
        if not line and (not part or part.startswith("#")):
            continue
        line = f"{line}\n{part}" if line else part
        if line.count("'") % 2 == 0:
            yield line
            line = ""


class Shell:
    """As much of a shell, of curl and of jq as the page needs."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._variables: dict[str, str] = {}
        self._files: dict[str, str] = {}

    async def run(self, line: str) -> None:
        assigned = re.fullmatch(r"(\w+)=(?:\$\((.*)\)|([^\s(]*))", line, re.DOTALL)
        if assigned is None:
            await self._pipe(line)
            return
        name, command, value = assigned.groups()
        text = await self._pipe(command) if command else self._expanded(value)
        assert text
        self._variables[name] = text.replace(BASE_URL, self._http.base_url)

    async def _pipe(self, line: str) -> str:
        line, *target = line.split(" > ")
        text = ""
        for command in PIPE.split(line):
            word, *words = shlex.split(self._expanded(command))
            text = await self._curl(words, text) if word == "curl" else self._jq(words, text)
        for name in target:
            self._files[name] = text
        return text

    def _expanded(self, text: str) -> str:
        return re.sub(r"\$(\w+)", lambda found: self._variables[found[1]], text)

    async def _curl(self, words: list[str], given: str) -> str:
        method, body, headers, url = "", "", {}, ""
        rest = iter(words)
        for word in rest:
            if word == "-X":
                method = next(rest)
            elif word == "-d":
                body = next(rest)
            elif word == "-u":
                assert next(rest)
                headers = {"Authorization": self._http.basic}
            elif word != "-s":
                url = word
        path = url.removeprefix(self._http.base_url)
        raw = (given if body == "@-" else body).encode()
        method = method or ("POST" if raw else "GET")
        status, answer = await self._http.ask(method, path, headers=headers, raw=raw)
        assert status == 200, (path, answer)
        return json.dumps(answer)

    def _jq(self, words: list[str], given: str) -> str:
        if words[0] == "-r":
            value: Any = json.loads(given)
            for name, index in re.findall(r"(\w+)(?:\[(-?\d+)\])?", words[1]):
                value = value[name][int(index)] if index else value[name]
            return str(value)
        held: Json = json.loads(self._files[words[1]])
        made: Json = {}
        for part in words[0].strip("{}").split(", "):
            key, _, value = part.partition(": ")
            made[key] = value.strip('"') if value.startswith('"') else held[value.strip(".") or key]
        return json.dumps(made)


async def test_the_lines_for_the_shell_run_one_after_another(http: Http) -> None:
    shell = Shell(http)
    commands = list(_commands())
    assert len(commands) > 50
    for command in commands:
        await shell.run(command)


def test_every_control_call_has_an_example() -> None:
    examples = "\n".join(_blocks("sh"))
    for endpoint in control.ENDPOINTS:
        path = _call(endpoint).split("/_emulator")[1]
        pattern = re.sub(r"\{\w+\}", r"\\$\\w+", path)
        assert re.search(rf"\$E{pattern}(?![/\w])", examples), path
