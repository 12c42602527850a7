"""A user of the emulated project, and what they can prove themselves by.

Source: https://stytch.com/docs/api-reference/consumer/api/users/user-object
"""

from dataclasses import dataclass, field

from authz_sidecar.emulator.totp import Totp
from authz_sidecar.emulator.wire import Json, new_id

DEFAULT_ROLE = "stytch_user"


@dataclass(slots=True)
class Email:
    """An e-mail address of a user."""

    address: str
    verified: bool
    email_id: str = field(default_factory=lambda: new_id("email"))


@dataclass(slots=True)
class Phone:
    """A phone number of a user, in E.164."""

    number: str
    verified: bool
    phone_id: str = field(default_factory=lambda: new_id("phone-number"))


@dataclass(slots=True)
class Password:
    """A user's password. In the clear: the emulator holds made-up people only."""

    secret: str = field(repr=False)
    password_id: str = field(default_factory=lambda: new_id("password"))


@dataclass(slots=True)
class Passkey:
    """A passkey or other WebAuthn registration, good on one domain."""

    domain: str
    user_agent: str
    authenticator_type: str
    credential_id: str
    registration_id: str = field(default_factory=lambda: new_id("webauthn-registration"))


@dataclass(slots=True)
class OAuthRegistration:
    """An account at an OAuth provider that a user signed in by."""

    provider: str
    subject: str
    registration_id: str = field(default_factory=lambda: new_id("oauth-user"))


@dataclass(slots=True, kw_only=True)
class User:
    """A user of the emulated project.

    Attributes:
        pending: created, but has proven nothing yet, and was to wait for that.
        trusted_metadata: what only the project's backend may change.
        untrusted_metadata: what the user may change, too.
        external_id: the project's own id for the user, good wherever `user_id` is.
    """

    created_at: float
    user_id: str = field(default_factory=lambda: new_id("user"))
    emails: list[Email] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    password: Password | None = None
    totp: Totp | None = None
    passkeys: list[Passkey] = field(default_factory=list)
    providers: list[OAuthRegistration] = field(default_factory=list)
    roles: list[str] = field(default_factory=lambda: [DEFAULT_ROLE])
    name: dict[str, str] = field(default_factory=dict)
    trusted_metadata: Json = field(default_factory=dict)
    untrusted_metadata: Json = field(default_factory=dict)
    external_id: str | None = None
    pending: bool = False

    @property
    def has_verified_contact(self) -> bool:
        """Whether some address of this user has been proven to be theirs."""
        return any(email.verified for email in self.emails) or any(
            phone.verified for phone in self.phones
        )

    def email(self, address: str) -> Email | None:
        """Return the record of an e-mail address."""
        return next((email for email in self.emails if email.address == address), None)

    def phone(self, number: str) -> Phone | None:
        """Return the record of a phone number."""
        return next((phone for phone in self.phones if phone.number == number), None)
