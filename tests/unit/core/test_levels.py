"""Until when a level is held, and what would bring a session further."""

from math import inf

import pytest

from authz_sidecar.core.factors import ACCOUNT, COUNTED, DEVICE, PHONE
from authz_sidecar.core.levels import (
    Element,
    FactorTimes,
    Level,
    all_of,
    any_of,
    one_factor,
    two_factor,
    with_max_age,
)

PASSWORD = Element(frozenset({"password"}))
TOTP = Element(frozenset({"totp"}))
SMS_OR_TOTP = Element(frozenset({"sms_otp", "totp"}))


@pytest.mark.parametrize(
    ("level", "held", "until"),
    [
        (one_factor(), {}, -inf),
        (one_factor(), {"imported": 100.0}, -inf),
        (one_factor(), {"password": None}, inf),
        (one_factor(50), {"password": None}, 0.0),
        (one_factor(50), {"password": 100.0, "sms_otp": 120.0}, 170.0),
        (two_factor(), {"password": 1.0}, -inf),
        (two_factor(), {"password": 1.0, "oauth": 1.0}, -inf),
        (two_factor(), {"sms_otp": 1.0, "whatsapp_otp": 1.0}, -inf),
        (two_factor(), {"sms_otp": 1.0, "totp": 1.0}, inf),
        (two_factor(), {"password": 1.0, "passkey": None}, inf),
        (two_factor(50), {"password": 1.0, "totp": 100.0}, 150.0),
        (two_factor(50), {"password": 100.0, "totp": 1.0}, 51.0),
        (two_factor(50), {"sms_otp": 100.0, "totp": 1.0}, 150.0),
        (two_factor(50), {"sms_otp": 1.0, "totp": 100.0}, 150.0),
        (all_of("l", [PASSWORD, SMS_OR_TOTP]), {"password": 1.0}, -inf),
        (all_of("l", [PASSWORD, SMS_OR_TOTP.with_max_age(9)]), {"password": 1, "totp": 5}, 14.0),
        (any_of("l", [PASSWORD, SMS_OR_TOTP]), {"totp": 1.0}, inf),
        (any_of("l", [PASSWORD.with_max_age(5), TOTP.with_max_age(9)]), {"password": 1.0}, 6.0),
    ],
)
def test_a_level_is_held_until(level: Level, held: FactorTimes, until: float) -> None:
    assert level.held_until(held) == until


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        # The age falls on what can be a phone or a device, with all its alternatives.
        (all_of("l", [PASSWORD, SMS_OR_TOTP]), [[None, 60]]),
        (all_of("l", [PASSWORD, Element(frozenset({"oauth", "totp"}))]), [[None, 60]]),
        # Nothing there: on everything.
        (all_of("l", [PASSWORD, Element(frozenset({"imported"}))]), [[60, 60]]),
        # Each alternative by itself, or an old password would open a rule that asks an age.
        (any_of("l", [PASSWORD, TOTP]), [[60], [60]]),
        # The smaller age wins.
        (all_of("l", [TOTP.with_max_age(30)]), [[30]]),
        (all_of("l", [TOTP.with_max_age(90)]), [[60]]),
    ],
)
def test_a_rules_max_age_falls_on_the_strong_elements(
    level: Level, expected: list[list[float | None]]
) -> None:
    aged = with_max_age(level, 60)
    assert [[element.max_age for element in each] for each in aged.alternatives] == expected
    assert aged.names() == level.names()


@pytest.mark.parametrize(
    ("level", "held", "names"),
    [
        (two_factor(), {"password": 1.0}, PHONE | DEVICE),
        (two_factor(), {}, COUNTED),
        (two_factor(50), {"password": 99.0, "sms_otp": 1.0}, PHONE | DEVICE),
        (all_of("l", [PASSWORD, SMS_OR_TOTP]), {"totp": 99.0}, {"password"}),
        (any_of("l", [PASSWORD, TOTP]), {}, {"password", "totp"}),
        (two_factor(), {"password": 1.0, "totp": 1.0}, set()),
    ],
)
def test_what_is_lacking_is_whatever_helps_most(
    level: Level, held: FactorTimes, names: set[str]
) -> None:
    lacking = level.lacking(held, now=100.0)
    assert {name for element in lacking for name in element.names} == names


def test_only_elements_with_an_age_name_aged_factors() -> None:
    assert two_factor().aged_names() == frozenset()
    assert two_factor(60).aged_names() == PHONE | DEVICE


@pytest.mark.parametrize("max_age", [None, 60.0])
def test_the_built_in_levels_are_made_of_categories(max_age: float | None) -> None:
    assert one_factor(max_age) == Level("one_factor", ((Element(COUNTED, max_age),),))
    impersonated = Element(COUNTED | {"impersonation"}, max_age)
    assert one_factor(max_age, impersonation=True) == Level("one_factor", ((impersonated,),))
    account, phone, device = Element(ACCOUNT), Element(PHONE), Element(DEVICE)
    fresh_phone, fresh_device = Element(PHONE, max_age), Element(DEVICE, max_age)
    assert two_factor(max_age) == Level(
        "two_factor",
        (
            (account, fresh_phone),
            (account, fresh_device),
            (fresh_phone, device),
            (phone, fresh_device),
        ),
    )


def test_named_levels_keep_their_names() -> None:
    assert all_of("l", [PASSWORD, TOTP]) == Level("l", ((PASSWORD, TOTP),))
    assert any_of("l", [PASSWORD, TOTP]) == Level("l", ((PASSWORD,), (TOTP,)))
