"""Users, sessions and factors as JSON, with every field that Stytch's SDK insists on."""

from authz_sidecar.emulator.factors import Factor
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.users import User
from authz_sidecar.emulator.wire import Json, rfc3339

_NAME_PARTS = ("first_name", "middle_name", "last_name")


def user_json(user: User) -> Json:
    """Return a user as `users.get` answers it and as `user` elsewhere.

    Source: https://stytch.com/docs/api-reference/consumer/api/users/user-object
    """
    usable = user.has_verified_contact or user.password
    return {
        "user_id": user.user_id,
        "status": "active" if usable else "pending",
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
        "providers": [],
        "webauthn_registrations": [],
        "biometric_registrations": [],
        "totps": [],
        "crypto_wallets": [],
        "trusted_metadata": {},
        "untrusted_metadata": {},
    }


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
