"""The Dockerfile's own steps, run in an empty prefix: no engine may be there to build it."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WHEELS = Path(sys.prefix) / "wheels"
TEXT = re.sub(r"\s*\\\n\s*", " ", (ROOT / "Dockerfile").read_text())
STEPS = [line.split(" ", 1) for line in TEXT.splitlines() if re.match("[A-Z]+ ", line)]
SECOND_STAGE = [step[0] for step in STEPS].index("FROM", 2)
BUILD, FINAL = STEPS[:SECOND_STAGE], STEPS[SECOND_STAGE:]


def values(steps: list[list[str]], instruction: str) -> list[str]:
    return [value for name, value in steps if name == instruction]


@pytest.mark.timeout(300)
def test_the_build_stage_makes_a_prefix_that_runs(tmp_path: Path) -> None:
    """The packages come from `.venv/wheels`, which `make test` has fetched."""
    prefix, build = tmp_path / "opt", tmp_path / "build"
    build.mkdir()
    environment = {
        "PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(WHEELS),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "HOME": str(tmp_path),
    }
    for instruction, value in BUILD:
        here = value.replace("/opt/", f"{prefix}/").replace("/build/", f"{build}/")
        if instruction == "COPY":
            *sources, destination = here.split()
            for source in sources:
                _copy(ROOT / source, build / destination)
        if instruction == "RUN":
            _run(["sh", "-euc", here], build, environment)
    program = prefix / "authz-sidecar/bin/authz-sidecar"
    assert _run([str(program), "--version"], tmp_path, environment).strip()
    said = _run([str(program), "check", str(ROOT / "config/policy.yaml")], tmp_path, environment)
    assert "good" in said
    packages = _run([str(program.parent / "pip"), "list"], tmp_path, environment)
    assert "pytest" not in packages
    assert "hatchling" not in packages


def _copy(source: Path, destination: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, destination, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        destination.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, destination)


def _run(command: list[str], directory: Path, environment: dict[str, str]) -> str:
    ended = subprocess.run(  # noqa: S603 - the steps of our own Dockerfile
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_what_a_step_copies_is_not_kept_from_the_builder() -> None:
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    copied = [
        source
        for value in values(STEPS, "COPY")
        if not value.startswith("--from")
        for source in value.split()[:-1]
    ]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert Path(source).parts[0] in kept, source


def test_it_runs_as_a_user_by_number_and_checks_its_own_health() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", values(FINAL, "USER")[-1])
    command = shlex.split(values(FINAL, "HEALTHCHECK")[0].partition("CMD ")[2].strip("[]"))
    assert [part.rstrip(",") for part in command][:2] == ["authz-sidecar", "healthcheck"]
    settings = "/etc/authz-sidecar/sidecar.yaml"
    assert any(value.endswith("/etc/authz-sidecar/") for value in values(FINAL, "COPY"))
    assert settings in values(FINAL, "CMD")[0]


def test_the_wheels_were_fetched() -> None:
    """Without them the first test would fail with pip's words instead of these."""
    assert WHEELS.is_dir(), "run `make test`, which fetches them, or `make .venv/wheels.stamp`"
    assert any(WHEELS.iterdir())
