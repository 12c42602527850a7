"""The check command: what it prints, where, and its exit codes."""

import argparse
from pathlib import Path

import pytest

from authz_sidecar.cli import check

GOOD = """\
version: 1
upstreams:
  - id: shop
    hosts: [shop.example.com]
    rules: [{id: a, access: public}]
"""
ODD = """\
version: 1
upstreams:
  - id: shop
    hosts: [shop.example.com, '*.example.com']
    rules: [{id: a, match: {paths: [/a]}, access: deny}]
"""
BAD = """\
version: 1
upstreams:
  - id: shop
    hosts: [Shop.example.com]
    rules: [{id: a, accesz: public}]
"""


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    """Run the command as the program does; returns its exit code."""
    parser = argparse.ArgumentParser()
    check.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["check", *arguments])
    code: int = parsed.run(parsed)
    return code


def test_a_good_policy_is_counted(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (directory / "policy.yaml").write_text(GOOD, "utf-8")
    assert run("policy.yaml") == 0
    assert capsys.readouterr() == ("policy.yaml: good, 1 upstream, 1 rule\n", "")


def test_the_shipped_policy_is_good(capsys: pytest.CaptureFixture[str]) -> None:
    shipped = Path(__file__).parents[3] / "config" / "policy.yaml"
    assert run(str(shipped)) == 0
    assert capsys.readouterr().out == f"{shipped}: good, 1 upstream, 5 rules\n"


def test_every_problem_is_one_line_and_the_last_line_counts_them(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "policy.yaml").write_text(BAD, "utf-8")
    assert run("policy.yaml") == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        (
            "policy.yaml:4:13: upstreams[0].hosts[0]: `Shop.example.com` has upper-case letters;"
            " write `shop.example.com`"
        ),
        "policy.yaml:5:21: upstreams[0].rules[0].accesz: unknown key; did you mean `access`?",
    ]
    assert printed.err == "2 problems in policy.yaml\n"


def test_warnings_come_before_the_count_and_change_no_exit_code(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "policy.yaml").write_text(ODD, "utf-8")
    assert run("policy.yaml") == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line.partition("`")[0] for line in lines] == [
        "policy.yaml:4:31: warning: upstreams[0].hosts[1]: this leaves out ",
        "policy.yaml:5:5: warning: upstreams[0].rules: no rule takes ",
        "policy.yaml: good, 1 upstream, 1 rule, 2 warnings",
    ]
    assert printed.err == ""


def test_strict_fails_for_warnings_and_for_nothing_else(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "odd.yaml").write_text(ODD, "utf-8")
    (directory / "good.yaml").write_text(GOOD, "utf-8")
    (directory / "bad.yaml").write_text(BAD, "utf-8")
    assert run("--strict", "good.yaml") == 0
    assert run("odd.yaml", "bad.yaml") == 1
    capsys.readouterr()
    assert run("--strict", "odd.yaml", "good.yaml") == 1
    printed = capsys.readouterr()
    assert printed.out.count("warning: ") == 2
    assert printed.out.endswith("good.yaml: good, 1 upstream, 1 rule\n")
    assert printed.err == "2 warnings in odd.yaml\n"


@pytest.mark.parametrize("name", ["missing.yaml", "a\x00b"])
def test_a_file_that_cannot_be_read_is_one_line(
    directory: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert directory.is_dir()
    assert run(name) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{name}: cannot be read: ")
    assert printed.err.count("\n") == 1


def test_of_several_files_the_worst_decides_and_all_are_checked(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (directory / "good.yaml").write_text(GOOD, "utf-8")
    (directory / "bad.yaml").write_text("", "utf-8")
    assert run("bad.yaml", "good.yaml") == 1
    printed = capsys.readouterr()
    assert printed.out == ("bad.yaml:1:1: the file is empty\ngood.yaml: good, 1 upstream, 1 rule\n")
    assert printed.err == "1 problem in bad.yaml\n"
    assert run("missing.yaml", "bad.yaml", "good.yaml") == 2
