"""The serve command: what it says of a policy before it serves it."""

import argparse
import logging
from pathlib import Path

import pytest

from authz_sidecar.cli import serve
from authz_sidecar.core.policy import Policy
from authz_sidecar.settings import Settings

POLICY = """\
version: 1
upstreams:
  - id: shop
    hosts: [shop.example.com]
    rules: [{id: a, match: {networks: [192.0.2.7]}, access: deny}, {id: b, access: deny}]
"""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Policy]:
    """The policies that were served, instead of serving them."""
    policies: list[Policy] = []

    async def remember(_: Settings, policy: Policy) -> None:
        policies.append(policy)

    monkeypatch.setattr(serve, "serve", remember)
    monkeypatch.setenv("STYTCH_PROJECT_ID", "project-test-1")
    monkeypatch.setenv("STYTCH_SECRET", "secret-test-1")
    return policies


def run(directory: Path, settings: str) -> int:
    """Run the command as the program does; returns its exit code."""
    (directory / "policy.yaml").write_text(POLICY, "utf-8")
    (directory / "sidecar.yaml").write_text(f"version: 1\n{settings}", "utf-8")
    parser = argparse.ArgumentParser()
    serve.add_parser(parser.add_subparsers())
    parsed = parser.parse_args(["serve", "--settings", str(directory / "sidecar.yaml")])
    code: int = parsed.run(parsed)
    return code


def test_warnings_are_logged_and_stop_nothing(
    tmp_path: Path, served: list[Policy], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert run(tmp_path, "") == 0
    assert len(served) == 1
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.message.startswith(f"{tmp_path}/policy.yaml:5:29: warning: upstreams[0].rules[0]")
    assert record.message.endswith("write `client_ip` in the settings")


def test_the_settings_beside_the_policy_are_known(
    tmp_path: Path, served: list[Policy], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert run(tmp_path, "client_ip: {header: X-Forwarded-For}\n") == 0
    assert len(served) == 1
    assert caplog.records == []
