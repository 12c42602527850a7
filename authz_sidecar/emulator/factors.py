"""Authentication factors: what a session's user has proven, and when.

Source: https://stytch.com/docs/api-reference/consumer/api/sessions/session-object
"""

from dataclasses import dataclass, field

from authz_sidecar.emulator.user import Email, Phone
from authz_sidecar.emulator.wire import Json

MAX_FACTORS = 100  # of one session


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
    return proven_now("password", "knowledge", now, {})


def contact_factor(contact: Email | Phone, channel: str, now: float) -> Factor:
    """Return the factor of a one-time code.

    Args:
        contact: where the code went.
        channel: how it went there. An e-mail code is `otp` delivered by `email`, so that only
            both fields together tell it from a code on a phone.
        now: when it was given, in seconds since the epoch.
    """
    if isinstance(contact, Email):
        return proven_now("otp", channel, now, _email_detail(contact))
    detail: Json = {"phone_id": contact.phone_id, "phone_number": contact.number}
    return proven_now("otp", channel, now, {"phone_number_factor": detail})


def magic_link_factor(email: Email, now: float) -> Factor:
    """Return the factor of a link in an e-mail, clicked at `now` in seconds since the epoch."""
    return proven_now("magic_link", "email", now, _email_detail(email))


def proven_now(kind: str, delivery_method: str, now: float, details: Json) -> Factor:
    """Return a factor proven for the first time at `now`, in seconds since the epoch.

    Args:
        kind: Stytch's type.
        delivery_method: Stytch's delivery method.
        now: when.
        details: the sub-object by its name on the wire.
    """
    return Factor(kind, delivery_method, now, now, now, details)


def _email_detail(email: Email) -> Json:
    detail: Json = {"email_id": email.email_id, "email_address": email.address}
    return {"email_factor": detail}


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
    return [*kept, proven][-MAX_FACTORS:]


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
