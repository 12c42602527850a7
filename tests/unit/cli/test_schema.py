"""The schema command."""

import json
from pathlib import Path

import pytest

from authz_sidecar.cli import main

CONFIG = Path(__file__).parents[3] / "config"


@pytest.mark.parametrize(
    ("file", "copy"), [("policy", "policy.schema.json"), ("settings", "sidecar.schema.json")]
)
def test_a_schema_is_printed_as_it_is_shipped(
    file: str, copy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", file]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert json.loads(printed.out)["title"] == file.capitalize()
    assert printed.out == (CONFIG / copy).read_text("utf-8")


def test_another_file_has_no_schema(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["schema", "secrets"])
    assert "policy" in capsys.readouterr().err
