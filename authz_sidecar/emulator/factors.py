"""Authentication factors: what a session's user has proven, and when.

Source: https://stytch.com/docs/api-reference/consumer/api/sessions/session-object
"""

from dataclasses import dataclass, field

from authz_sidecar.emulator.users import Email, Phone
from authz_sidecar.emulator.wire import Json


@dataclass(slots=True)
class Factor:
    """One entry of a session's `authentication_factors`.

    Attributes:
        type: Stytch's type, for example `otp`; the control API may put any text here.
        delivery_method: Stytch's delivery method, for example `sms`.
        last_authenticated_at: seconds since the epoch; none for a factor without a time.
        created_at: seconds since the epoch.
        updated_at: seconds since the epoch.
        details: the factor's sub-object by its name on the wire, as `{"email_factor": {...}}`.
    """

    type: str
    delivery_method: str
    last_authenticated_at: float | None
    created_at: float
    updated_at: float
    details: Json = field(default_factory=dict)

    def same_as(self, other: "Factor") -> bool:
        """Tell whether both mean one way of proving: of one kind, through one address."""
        return (self.type, self.delivery_method, self.details) == (
            other.type,
            other.delivery_method,
            other.details,
        )


def password_factor(now: float) -> Factor:
    """Return the factor of a password given at `now`, in seconds since the epoch."""
    return Factor("password", "knowledge", now, now, now)


def contact_factor(contact: Email | Phone, now: float) -> Factor:
    """Return the factor of a one-time code.

    Args:
        contact: where the code went. An e-mail code is `otp` delivered by `email`, so that only
            both fields together tell it from a code on a phone.
        now: when it was given, in seconds since the epoch.
    """
    if isinstance(contact, Email):
        detail: Json = {"email_id": contact.email_id, "email_address": contact.address}
        return Factor("otp", "email", now, now, now, {"email_factor": detail})
    detail = {"phone_id": contact.phone_id, "phone_number": contact.number}
    return Factor("otp", "sms", now, now, now, {"phone_number_factor": detail})


def with_factor(factors: list[Factor], proven: Factor) -> list[Factor]:
    """Return copies of a session's factors with one more, or with that one proven again.

    Args:
        factors: the factors so far; they belong to the old session and stay untouched.
        proven: what was proven just now.
    """
    kept: list[Factor] = []
    for factor in factors:
        if factor.same_as(proven):
            proven.created_at = factor.created_at
        else:
            kept.append(copy_of(factor))
    return [*kept, proven]


def copy_of(factor: Factor) -> Factor:
    """Return an independent copy: two sessions must not share a factor that can be aged."""
    return Factor(
        factor.type,
        factor.delivery_method,
        factor.last_authenticated_at,
        factor.created_at,
        factor.updated_at,
        dict(factor.details),
    )
