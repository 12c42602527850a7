"""Users, sessions and factors as JSON, with every field that Stytch's SDK insists on."""

from authz_sidecar.emulator.factors import Factor
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.user import OAuthRegistration, Passkey, User
from authz_sidecar.emulator.wire import Json, rfc3339

_NAME_PARTS = ("first_name", "middle_name", "last_name")


def user_json(user: User) -> Json:
    """Return a user as `users.get` answers it and as `user` elsewhere.

    Source: https://stytch.com/docs/api-reference/consumer/api/users/user-object
    """
    return {
        "user_id": user.user_id,
        "external_id": user.external_id,
        "status": user_status(user),
        "created_at": rfc3339(user.created_at),
        "name": {part: user.name.get(part, "") for part in _NAME_PARTS},
        "emails": [
            {"email_id": email.email_id, "email": email.address, "verified": email.verified}
            for email in user.emails
        ],
        "phone_numbers": [
            {"phone_id": phone.phone_id, "phone_number": phone.number, "verified": phone.verified}
            for phone in user.phones
        ],
        "password": {"password_id": user.password.password_id, "requires_reset": False}
        if user.password
        else None,
        "roles": list(user.roles),
        "is_locked": False,
        "providers": [_provider_json(registration) for registration in user.providers],
        "webauthn_registrations": [_passkey_json(passkey) for passkey in user.passkeys],
        "biometric_registrations": [],
        "totps": [{"totp_id": user.totp.totp_id, "verified": user.totp.verified}]
        if user.totp
        else [],
        "crypto_wallets": [],
        "trusted_metadata": user.trusted_metadata,
        "untrusted_metadata": user.untrusted_metadata,
    }


def user_status(user: User) -> str:
    """Return Stytch's word for a user: `active`, or `pending` before a first proof."""
    return "pending" if user.pending else "active"


def session_json(session: Session, user: User) -> Json:
    """Return a session as `sessions.authenticate` answers it.

    Source: https://stytch.com/docs/api-reference/consumer/api/sessions/session-object
    """
    return {
        "session_id": session.session_id,
        "user_id": session.user_id,
        "authentication_factors": [_factor_json(factor) for factor in session.factors],
        "roles": list(user.roles),
        "started_at": rfc3339(session.started_at),
        "last_accessed_at": rfc3339(session.last_accessed_at),
        "expires_at": rfc3339(session.expires_at),
        "attributes": session.attributes,
        "custom_claims": session.custom_claims,
    }


def session_claim(session: Session, user: User) -> Json:
    """Return the session as a session JWT carries it, in the claim of Stytch's name.

    A JWT's factors have no `created_at` and no `updated_at`, as in Stytch's own tokens.
    """
    return {
        "id": session.session_id,
        "started_at": rfc3339(session.started_at),
        "last_accessed_at": rfc3339(session.last_accessed_at),
        "expires_at": rfc3339(session.expires_at),
        "attributes": session.attributes,
        "authentication_factors": [_proof_json(factor) for factor in session.factors],
        "roles": list(user.roles),
    }


def _provider_json(registration: OAuthRegistration) -> Json:
    return {
        "provider_type": provider_type(registration.provider),
        "provider_subject": registration.subject,
        "profile_picture_url": "",
        "locale": "",
        "oauth_user_registration_id": registration.registration_id,
    }


def provider_type(provider: str) -> str:
    """Return the name of an OAuth provider as Stytch writes it in answers, as in `Google`."""
    return provider.title()


def _passkey_json(passkey: Passkey) -> Json:
    return {
        "webauthn_registration_id": passkey.registration_id,
        "domain": passkey.domain,
        "user_agent": passkey.user_agent,
        "authenticator_type": passkey.authenticator_type,
        "name": "",
        "verified": True,
    }


def _factor_json(factor: Factor) -> Json:
    return _proof_json(factor) | {
        "created_at": rfc3339(factor.created_at),
        "updated_at": rfc3339(factor.updated_at),
    }


def _proof_json(factor: Factor) -> Json:
    proof: Json = {"type": factor.type, "delivery_method": factor.delivery_method}
    if factor.last_authenticated_at is not None:
        proof["last_authenticated_at"] = rfc3339(factor.last_authenticated_at)
    return proof | factor.details
