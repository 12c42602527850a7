"""The factor table: what each of Stytch's authentication factors is called, and what it proves.

Both Stytch's `type` and its `delivery_method` decide: a consumer e-mail code may come as type
`otp`, and must not pass for a phone. https://stytch.com/docs/api/session-object
"""

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What kind of thing a factor proves the possession of.

    `two_factor` wants two different ones of account, phone and device. A password is an account
    factor like everything that arrives in the inbox, since the inbox resets the password
    (Stytch's guide "MFA backend integration").
    """

    ACCOUNT = "account"
    PHONE = "phone"
    DEVICE = "device"
    NAMED_ONLY = "named only"
    """Counts only where a level names the factor, and adds no category."""


@dataclass(frozen=True, slots=True)
class FactorKind:
    """One row of the table."""

    type: str
    delivery_method: str
    """`*` stands for every delivery method of that type."""
    name: str
    category: Category
    amr: tuple[str, ...]
    """Authentication method references, RFC 8176 section 2; empty where none fits."""


IMPERSONATION = "impersonation"
UNKNOWN = "unknown"
"""The name of a factor this table does not have. It never counts."""

# A key whose storage Stytch does not tell is `swk`: claiming less is the safe side.
FACTOR_KINDS = (
    FactorKind("password", "knowledge", "password", Category.ACCOUNT, ("pwd",)),
    FactorKind("otp", "email", "email_otp", Category.ACCOUNT, ("otp",)),
    FactorKind("email_otp", "email", "email_otp", Category.ACCOUNT, ("otp",)),
    FactorKind("magic_link", "email", "email_magic_link", Category.ACCOUNT, ()),
    FactorKind("magic_link", "embedded", "embedded_magic_link", Category.ACCOUNT, ()),
    FactorKind("oauth", "oauth_access_token_exchange", "token_exchange", Category.NAMED_ONLY, ()),
    FactorKind("oauth", "*", "oauth", Category.ACCOUNT, ()),
    FactorKind("sso", "*", "sso", Category.ACCOUNT, ()),
    FactorKind("otp", "sms", "sms_otp", Category.PHONE, ("sms", "otp")),
    FactorKind("otp", "whatsapp", "whatsapp_otp", Category.PHONE, ("otp",)),
    FactorKind("totp", "authenticator_app", "totp", Category.DEVICE, ("otp",)),
    FactorKind("webauthn", "webauthn_registration", "passkey", Category.DEVICE, ("swk",)),
    FactorKind("signature_challenge", "biometric", "biometric", Category.DEVICE, ("swk",)),
    FactorKind("crypto", "crypto_wallet", "crypto_wallet", Category.DEVICE, ("swk",)),
    # A look-up secret is something one has (NIST SP 800-63B section 5.1.2): who lost the phone
    # must not be locked out.
    FactorKind("recovery_codes", "recovery_code", "recovery_code", Category.DEVICE, ("otp",)),
    FactorKind(
        "trusted_auth_token", "trusted_token_exchange", "trusted_token", Category.NAMED_ONLY, ()
    ),
    FactorKind("imported", "*", "imported", Category.NAMED_ONLY, ()),
)

_NAME_BY_WIRE = {(kind.type, kind.delivery_method): kind.name for kind in FACTOR_KINDS}
_KIND_BY_NAME = {kind.name: kind for kind in FACTOR_KINDS}


def names_in(*categories: Category) -> frozenset[str]:
    """The names of all factors of the given categories."""
    return frozenset(kind.name for kind in FACTOR_KINDS if kind.category in categories)


NAMES = frozenset(_KIND_BY_NAME)
"""Every name that a level of a policy may use."""
ACCOUNT = names_in(Category.ACCOUNT)
PHONE = names_in(Category.PHONE)
DEVICE = names_in(Category.DEVICE)
COUNTED = ACCOUNT | PHONE | DEVICE
"""The factors that count for the built-in levels."""


def name_of(factor_type: str, delivery_method: str) -> str:
    """Name one of Stytch's factors.

    Args:
        factor_type: Stytch's `type`, e.g. `otp`.
        delivery_method: Stytch's `delivery_method`, e.g. `sms`.

    Returns:
        Our name, `impersonation`, or `unknown` where the table has no such factor.
    """
    if factor_type == "impersonated":
        return IMPERSONATION
    exact = _NAME_BY_WIRE.get((factor_type, delivery_method))
    return exact or _NAME_BY_WIRE.get((factor_type, "*"), UNKNOWN)


def category_of(name: str) -> Category:
    """The category of a factor by our name; what is not in the table adds none."""
    kind = _KIND_BY_NAME.get(name)
    return kind.category if kind else Category.NAMED_ONLY


def amr_of(names: frozenset[str]) -> tuple[str, ...]:
    """Authentication method references for factors held together, sorted (RFC 8176).

    `mfa` is among them when the counted factors are of two categories or more.
    """
    held = {name for name in names if name in COUNTED}
    values = {value for name in held for value in _KIND_BY_NAME[name].amr}
    if len({category_of(name) for name in held}) > 1:
        values.add("mfa")
    return tuple(sorted(values))
