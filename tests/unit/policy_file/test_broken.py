"""Broken policies beside the exact text of their problems: `broken/NAME.yaml` and `NAME.txt`."""

from pathlib import Path

import pytest

from authz_sidecar.policy_file import load_policy

BROKEN = Path(__file__).parent / "broken"
POLICIES = sorted(BROKEN.glob("*.yaml"))


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.stem)
def test_a_broken_policy_is_told_everything_that_is_wrong_and_where(policy: Path) -> None:
    problems = load_policy(policy.read_bytes(), policy.name)
    assert isinstance(problems, list)
    text = "".join(f"{problem}\n" for problem in problems)
    assert text == policy.with_suffix(".txt").read_text("utf-8")


def test_every_broken_policy_has_its_text_and_the_other_way_round() -> None:
    texts = {text.stem for text in BROKEN.glob("*.txt")}
    assert texts == {policy.stem for policy in POLICIES}
    assert texts


def test_problems_come_in_the_order_of_the_file() -> None:
    for policy in POLICIES:
        problems = load_policy(policy.read_bytes(), policy.name)
        assert isinstance(problems, list)
        assert problems == sorted(set(problems))
