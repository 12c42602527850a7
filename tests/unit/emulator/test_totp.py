"""The vectors of RFC 6238, appendix B, as six digits."""

from base64 import b32encode

import pytest

from authz_sidecar.emulator.totp import code_at

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(moment: int, code: str) -> None:
    assert code_at(SECRET, moment) == code
