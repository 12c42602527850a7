"""Which texts are an e-mail address or a phone number."""

import re

from authz_sidecar.emulator.errors import ApiError

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def email_address(text: str) -> str:
    """Return an e-mail address in lower case, as Stytch compares it.

    Raises:
        ApiError: 400 `invalid_email`.
    """
    if not _EMAIL.fullmatch(text):
        raise ApiError(400, "invalid_email", "email is not a valid e-mail address.")
    return text.lower()


def phone_number(text: str) -> str:
    """Return a phone number.

    Raises:
        ApiError: 400 `invalid_phone_number` for what is not in E.164, as `+12025550162` is.
    """
    if not _E164.fullmatch(text):
        raise ApiError(400, "invalid_phone_number", "phone_number must be in E.164 format.")
    return text
