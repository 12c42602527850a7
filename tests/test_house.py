"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

from authz_sidecar.core.policy import Policy
from authz_sidecar.dialects.identity import IDENTITY_HEADERS
from authz_sidecar.policy_file import load_policy

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "authz_sidecar").rglob("*.py"))
PAPERS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "deploy/README.md"]
FENCED_YAML = re.compile(r"^```yaml\n(version: 1\n.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def test_no_file_is_longer_than_350_lines() -> None:
    assert [p.name for p in SOURCES if len(p.read_text().splitlines()) > 350] == []


def test_no_function_is_longer_than_50_lines() -> None:
    long = [
        f"{path.name}:{node.name}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno >= 50
    ]
    assert long == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.parent.name + path.name)
def test_every_policy_in_the_papers_is_a_good_one(paper: Path) -> None:
    for text in FENCED_YAML.findall(paper.read_text()):
        assert isinstance(load_policy(text.encode(), paper.name), Policy)


def test_the_readme_has_a_policy_to_copy() -> None:
    assert FENCED_YAML.search((ROOT / "README.md").read_text())


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.parent.name + path.name)
def test_every_link_of_the_papers_leads_to_a_file(paper: Path) -> None:
    for target in LINK.findall(paper.read_text()):
        wild = "*" in target
        found = any(paper.parent.glob(target)) if wild else (paper.parent / target).exists()
        assert found, target


def test_the_readme_names_every_identity_header() -> None:
    text = (ROOT / "README.md").read_text()
    for name in IDENTITY_HEADERS:
        assert name.removeprefix("X-Authz") in text


def test_every_verb_of_the_makefile_has_its_line_of_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    verbs = re.findall(r"^\.PHONY: (\S+)$", makefile, re.MULTILINE)
    assert verbs
    for verb in verbs:
        assert re.search(rf"^{verb}:.* ## \S", makefile, re.MULTILINE), verb
