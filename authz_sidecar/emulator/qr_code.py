"""A QR code for an authenticator app: version 6, error correction L, mask 0, as a PNG.

One size is enough: it holds 134 bytes, and what an app is told has fewer. Fixing size and mask
leaves the small part of the standard (ISO/IEC 18004) that is written out here.
"""

import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote, urlencode

_SIZE = 41
_CAPACITY = 134  # bytes of text
_DATA = 136  # codewords, in two blocks
_CORRECTION = 18  # codewords a block
_ALIGNMENT = 34  # row and column of the only alignment pattern
_FORMAT = 0b111011111000100  # error correction L and mask 0, with their check bits
_FORMAT_ROWS = (*range(6), 7, 8, *range(_SIZE - 7, _SIZE))
_FORMAT_COLUMNS = (*range(_SIZE - 1, _SIZE - 9, -1), 7, *range(5, -1, -1))
_PIXELS = 4  # a side of a module
_MARGIN = 4  # modules

_ISSUER = "Stytch emulator"

Matrix = list[list[bool | None]]
"""Dark or light by row and column; none where data goes."""


def qr_code_of(account: str, secret: str) -> str:
    """Return a data URI of the image that an authenticator app scans.

    Args:
        account: what the app shows; shortened where it would not fit.
        secret: of the TOTP, in base 32.
    """
    label = quote(f"{_ISSUER}:")
    query = urlencode({"secret": secret, "issuer": _ISSUER}, quote_via=quote)
    room = _CAPACITY - len(f"otpauth://totp/{label}?{query}")
    shown = ""
    for character in account:
        if len(shown) + len(quote(character, safe="@")) > room:
            break
        shown += quote(character, safe="@")
    image = _png(matrix_of(f"otpauth://totp/{label}{shown}?{query}".encode()))
    return f"data:image/png;base64,{b64encode(image).decode()}"


def matrix_of(text: bytes) -> Matrix:
    """Return the modules of the code of at most 134 bytes."""
    matrix = _patterns()
    bits = _bits(_codewords(text))
    for row, column in _data_path(matrix):
        # Seven bits are left over, and light.
        matrix[row][column] = bool(next(bits, 0)) != ((row + column) % 2 == 0)
    return matrix


def _codewords(text: bytes) -> bytes:
    # Mode 4 (bytes), the length, the text and the end, each shifted by half a byte.
    head = (0x4 << 4 | len(text) >> 4, (len(text) & 0xF) << 4)
    number = int.from_bytes(bytes(head)) << (8 * len(text)) | int.from_bytes(text) << 4
    used = number.to_bytes(len(text) + 2)
    pads = b"\xec\x11" * _DATA
    data = used + pads[: _DATA - len(used)]
    half = _DATA // 2
    blocks = (data[:half], data[half:])
    checks = [_correction(block) for block in blocks]
    return bytes(
        byte
        for pair in (zip(*blocks, strict=True), zip(*checks, strict=True))
        for two in pair
        for byte in two
    )


def _correction(block: bytes) -> bytes:
    """Return the Reed-Solomon check of a block: the remainder of a division."""
    generator = [1]
    root = 1
    for _ in range(_CORRECTION):
        generator = [
            high ^ _times(low, root)
            for high, low in zip([*generator, 0], [0, *generator], strict=True)
        ]
        root = _times(root, 2)
    rest = [0] * _CORRECTION
    for byte in block:
        factor = byte ^ rest[0]
        rest = [
            old ^ _times(factor, part)
            for old, part in zip([*rest[1:], 0], generator[1:], strict=True)
        ]
    return bytes(rest)


def _times(left: int, right: int) -> int:
    """Return the product of two elements of the field of 256."""
    product = 0
    for bit in range(8):
        if right >> bit & 1:
            product ^= left << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11D << (bit - 8)
    return product


def _bits(codewords: bytes) -> Iterator[int]:
    return (byte >> bit & 1 for byte in codewords for bit in range(7, -1, -1))


def _patterns() -> Matrix:
    """Return what every code of this size has: finders, timing, alignment and format."""
    matrix: Matrix = [[None] * _SIZE for _ in range(_SIZE)]
    for place in range(_SIZE):
        matrix[6][place] = matrix[place][6] = place % 2 == 0
    for row, column in ((3, 3), (3, _SIZE - 4), (_SIZE - 4, 3)):
        _rings(matrix, row, column, "##_#_")
    _rings(matrix, _ALIGNMENT, _ALIGNMENT, "#_#")
    for bit, (row, column) in enumerate(zip(_FORMAT_ROWS, _FORMAT_COLUMNS, strict=True)):
        matrix[row][8] = matrix[8][column] = bool(_FORMAT >> bit & 1)
    matrix[_SIZE - 8][8] = True
    return matrix


def _rings(matrix: Matrix, row: int, column: int, rings: str) -> None:
    # Squares in one another, from the middle on; what would lie outside is left out.
    reach = len(rings) - 1
    for y in range(max(row - reach, 0), min(row + reach, _SIZE - 1) + 1):
        for x in range(max(column - reach, 0), min(column + reach, _SIZE - 1) + 1):
            matrix[y][x] = rings[max(abs(y - row), abs(x - column))] == "#"


def _data_path(matrix: Matrix) -> Iterator[tuple[int, int]]:
    """Yield the free modules: up and down in columns of two, from the right, around column 6."""
    free = [[module is None for module in row] for row in matrix]
    rights = [*range(_SIZE - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(rights):
        rows = range(_SIZE) if turn % 2 else range(_SIZE - 1, -1, -1)
        for row in rows:
            for column in (right, right - 1):
                if free[row][column]:
                    yield row, column


def _png(matrix: Matrix) -> bytes:
    side = (_SIZE + 2 * _MARGIN) * _PIXELS
    edge = b"\xff" * (_MARGIN * _PIXELS)
    blank = b"\x00" + b"\xff" * side
    lines = [
        b"\x00"
        + edge
        + b"".join(b"\x00" * _PIXELS if dark else b"\xff" * _PIXELS for dark in row)
        + edge
        for row in matrix
    ]
    frame = blank * (_MARGIN * _PIXELS)
    pixels = frame + b"".join(line * _PIXELS for line in lines) + frame
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
