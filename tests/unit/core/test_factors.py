"""The factor table: both type and delivery method decide."""

import pytest

from authz_sidecar.core.factors import (
    ACCOUNT,
    COUNTED,
    DEVICE,
    NAMES,
    PHONE,
    Category,
    amr_of,
    category_of,
    name_of,
)


@pytest.mark.parametrize(
    ("factor_type", "delivery_method", "name"),
    [
        ("password", "knowledge", "password"),
        ("otp", "sms", "sms_otp"),
        ("otp", "whatsapp", "whatsapp_otp"),
        ("otp", "email", "email_otp"),
        ("email_otp", "email", "email_otp"),
        ("magic_link", "email", "email_magic_link"),
        ("magic_link", "embedded", "embedded_magic_link"),
        ("oauth", "oauth_google", "oauth"),
        ("oauth", "oauth_access_token_exchange", "token_exchange"),
        ("sso", "sso_saml", "sso"),
        ("totp", "authenticator_app", "totp"),
        ("webauthn", "webauthn_registration", "passkey"),
        ("signature_challenge", "biometric", "biometric"),
        ("crypto", "crypto_wallet", "crypto_wallet"),
        ("recovery_codes", "recovery_code", "recovery_code"),
        ("trusted_auth_token", "trusted_token_exchange", "trusted_token"),
        ("imported", "imported_auth0", "imported"),
        ("impersonated", "impersonation", "impersonation"),
        ("impersonated", "sms", "impersonation"),
        ("otp", "carrier_pigeon", "unknown"),
        ("sms", "sms", "unknown"),
        ("", "", "unknown"),
        ("otp", "*", "unknown"),
    ],
)
def test_a_factor_is_named_by_type_and_delivery_method(
    factor_type: str, delivery_method: str, name: str
) -> None:
    assert name_of(factor_type, delivery_method) == name


def test_the_counted_factors_are_those_of_the_three_categories() -> None:
    assert ACCOUNT == {
        "password",
        "email_otp",
        "email_magic_link",
        "embedded_magic_link",
        "oauth",
        "sso",
    }
    assert PHONE == {"sms_otp", "whatsapp_otp"}
    assert DEVICE == {"totp", "passkey", "biometric", "crypto_wallet", "recovery_code"}
    assert NAMES - COUNTED == {"trusted_token", "imported", "token_exchange"}


@pytest.mark.parametrize("name", ["unknown", "impersonation", "imported"])
def test_what_does_not_count_adds_no_category(name: str) -> None:
    assert category_of(name) is Category.NAMED_ONLY
    assert name not in COUNTED


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"password"}, ("pwd",)),
        ({"password", "sms_otp"}, ("mfa", "otp", "pwd", "sms")),
        ({"password", "email_otp"}, ("otp", "pwd")),
        ({"oauth", "passkey"}, ("mfa", "swk")),
        ({"imported", "unknown"}, ()),
        (set(), ()),
    ],
)
def test_authentication_method_references_follow_rfc_8176(
    names: set[str], expected: tuple[str, ...]
) -> None:
    assert amr_of(frozenset(names)) == expected
