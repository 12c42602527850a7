"""The matrix is the one that python-qrcode 8.2 draws: version 6, error correction L, mask 0."""

import struct
import zlib
from base64 import b64decode
from hashlib import sha256

import pytest

from authz_sidecar.emulator.qr_code import matrix_of, qr_code_of

SECRET = "BTGNX5RKJRMQWQFRQKTG34JCF6XDRHZS"
URI = f"otpauth://totp/Stytch%20emulator%3Aann@example.com?secret={SECRET}&issuer=Stytch%20emulator"


@pytest.mark.parametrize(
    ("text", "digest"),
    [
        (b"", "beb06a6b5b62e991c643c2c906b5350177a4eebba367976ea83b3d5e336c7e00"),
        (b"x", "5c65c39a0007674be026d100ac8f777826ce1550b400268c56a591b45a4c400d"),
        (URI.encode(), "eb3795a2b86ee029d5bba51a7718ad1b029b44b79552924a55d786dfb6033f4a"),
        (b"y" * 134, "cf425dbdfc5e89e720582f6d300aee74a438c1177da37691ec94a85d03afd9b3"),
    ],
)
def test_the_modules_are_those_of_the_standard(text: bytes, digest: str) -> None:
    modules = "".join("01"[bool(dark)] for row in matrix_of(text) for dark in row)
    assert sha256(modules.encode()).hexdigest() == digest


def _pixels(data_uri: str) -> list[bytes]:
    png = b64decode(data_uri.removeprefix("data:image/png;base64,"), validate=True)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (width, height, depth, colour) == (196, 196, 8, 0)
    length = int.from_bytes(png[33:37])
    lines = zlib.decompress(png[41 : 41 + length])
    return [lines[start + 1 : start + 1 + width] for start in range(0, len(lines), width + 1)]


def test_the_image_shows_the_modules_with_a_margin() -> None:
    rows = _pixels(qr_code_of("ann@example.com", SECRET))
    assert len(rows) == 196
    expected = matrix_of(URI.encode())
    for y, row in enumerate(rows):
        for x, pixel in enumerate(row):
            inside = 16 <= x < 180 and 16 <= y < 180
            dark = inside and expected[(y - 16) // 4][(x - 16) // 4]
            assert pixel == (0 if dark else 255)


@pytest.mark.parametrize("account", ["a" * 300, "\u00e4" * 50, ""])
def test_any_account_makes_a_code(account: str) -> None:
    assert qr_code_of(account, SECRET).startswith("data:image/png;base64,")
