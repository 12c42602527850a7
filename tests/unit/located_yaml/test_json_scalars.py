"""What a scalar means where text, numbers and truth values are told apart."""

import pytest

from authz_sidecar.located_yaml import read_json_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("10", 10),
        ("-12", -12),
        ("999999999999999", 999999999999999),
        ("0.5", 0.5),
        ("-10.25", -10.25),
        ("gold", "gold"),
        ("1:30", "1:30"),
        ("1.2.3", "1.2.3"),
        ("2027-01-15", "2027-01-15"),
        ("1 000", "1 000"),
        ("e5", "e5"),
        ("-", "-"),
        (".", "."),
        ("nullable", "nullable"),
    ],
)
def test_plain_scalars_mean_what_json_means(text: str, value: object) -> None:
    read = read_json_scalar(text, plain=True)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", ["true", "10", "0.5", "null", "~", "no", "007", "1e5", "gold"])
def test_in_quotes_everything_is_text(text: str) -> None:
    assert read_json_scalar(text, plain=False) == text


@pytest.mark.parametrize("text", ["null", "Null", "NULL", "~"])
def test_nothing_is_no_value(text: str) -> None:
    with pytest.raises(ValueError, match=f"`{text}` is no value; write `'{text}'` if the text"):
        read_json_scalar(text, plain=True)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("True", "true"), ("FALSE", "false"), ("yes", "true"), ("No", "false"), ("oN", "true")],
)
def test_a_truth_value_of_other_readers_is_refused(text: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"; write `{meant}`, or `'{text}'` if the text is meant"):
        read_json_scalar(text, plain=True)


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "+1",
        "-01",
        "1_000",
        "1e5",
        "1E+5",
        "1.5e-3",
        "1.",
        ".5",
        "0x1F",
        "0o17",
        "0b1",
        ".inf",
        "-.INF",
        ".nan",
        "1000000000000000",
        "0.1234567890123456",
        "9" * 5000,
    ],
)
def test_a_number_of_other_readers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is a number to some and text to others"):
        read_json_scalar(text, plain=True)


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("text", ["", " ", "a\nb"])
def test_text_must_say_something_on_one_line(text: str, *, plain: bool) -> None:
    with pytest.raises(ValueError, match=r"the text is empty|control character"):
        read_json_scalar(text, plain=plain)
