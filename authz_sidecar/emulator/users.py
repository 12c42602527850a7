"""The users of the emulated project, their contacts and passwords, all in memory.

Source: https://stytch.com/docs/api-reference/consumer/api/users/user-object
"""

from dataclasses import dataclass, field

from authz_sidecar.emulator.errors import ApiError, bad_request, user_not_found
from authz_sidecar.emulator.wire import new_id

MAX_USERS = 1000
MAX_CONTACTS = 10  # e-mail addresses, and phone numbers, of one user
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


@dataclass(slots=True, kw_only=True)
class User:
    """A user of the emulated project."""

    created_at: float
    user_id: str = field(default_factory=lambda: new_id("user"))
    emails: list[Email] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    password: Password | None = None
    roles: list[str] = field(default_factory=lambda: [DEFAULT_ROLE])
    name: dict[str, str] = field(default_factory=dict)

    @property
    def has_verified_contact(self) -> bool:
        """Whether some address of this user has been proven to be theirs."""
        return any(email.verified for email in self.emails) or any(
            phone.verified for phone in self.phones
        )


class Users:
    """Every user, at most `MAX_USERS`; one more is refused, since an id must not die silently."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def all(self) -> list[User]:
        """Return the users, oldest first."""
        return list(self._users.values())

    def add(self, user: User) -> User:
        """Keep a new user.

        Raises:
            ApiError: 400 `duplicate_email` or `duplicate_phone_number` if another user has one
                of the addresses, 429 `too_many_requests` if the emulator is full.
        """
        if len(self._users) >= MAX_USERS:
            raise ApiError(429, "too_many_requests", f"The emulator is full: {MAX_USERS} users.")
        for email in user.emails:
            if self.with_email(email.address):
                raise duplicate_email()
        for phone in user.phones:
            if self.with_phone(phone.number):
                raise duplicate_phone_number()
        self._users[user.user_id] = user
        return user

    def get(self, user_id: str) -> User:
        """Return a user.

        Raises:
            ApiError: 404 `user_not_found`.
        """
        user = self._users.get(user_id)
        if user is None:
            raise user_not_found()
        return user

    def with_email(self, address: str) -> User | None:
        """Return the user who has this e-mail address, verified or not."""
        return next((user for user in self.all() if find_email(user, address)), None)

    def with_phone(self, number: str) -> User | None:
        """Return the user who has this phone number, verified or not."""
        return next((user for user in self.all() if find_phone(user, number)), None)

    def contact(self, method_id: str) -> tuple[User, Email | Phone] | None:
        """Return the address that a `method_id` of a one-time code means, and whose it is."""
        for user in self.all():
            for email in user.emails:
                if email.email_id == method_id:
                    return user, email
            for phone in user.phones:
                if phone.phone_id == method_id:
                    return user, phone
        return None

    def attach_email(self, user: User, address: str) -> Email:
        """Return the user's e-mail record for an address, adding it unverified if it is new.

        Raises:
            ApiError: 400 `duplicate_email`, `too_many_unverified_factors` or `bad_request`.
        """
        known = find_email(user, address)
        if known:
            return known
        if self.with_email(address):
            raise duplicate_email()
        _require_room(user, len(user.emails))
        email = Email(address, verified=False)
        user.emails.append(email)
        return email

    def attach_phone(self, user: User, number: str) -> Phone:
        """Return the user's phone record for a number, adding it unverified if it is new.

        Raises:
            ApiError: 400 `duplicate_phone_number`, `too_many_unverified_factors` or `bad_request`.
        """
        known = find_phone(user, number)
        if known:
            return known
        if self.with_phone(number):
            raise duplicate_phone_number()
        _require_room(user, len(user.phones))
        phone = Phone(number, verified=False)
        user.phones.append(phone)
        return phone


def find_email(user: User, address: str) -> Email | None:
    """Return the user's record of an e-mail address."""
    return next((email for email in user.emails if email.address == address), None)


def find_phone(user: User, number: str) -> Phone | None:
    """Return the user's record of a phone number."""
    return next((phone for phone in user.phones if phone.number == number), None)


def duplicate_email() -> ApiError:
    """Return the refusal of an e-mail address that another user has."""
    return ApiError(400, "duplicate_email", "A user with this email already exists.")


def duplicate_phone_number() -> ApiError:
    """Return the refusal of a phone number that another user has."""
    return ApiError(400, "duplicate_phone_number", "A user with this phone number already exists.")


def _require_room(user: User, contacts: int) -> None:
    # Whoever merely typed somebody else's e-mail address must not be able to hang a phone of
    # their own on that account, so something has to be proven first.
    if not user.has_verified_contact:
        raise ApiError(
            400,
            "too_many_unverified_factors",
            "The user must verify an email or phone number before another factor is added.",
        )
    if contacts >= MAX_CONTACTS:
        raise bad_request(f"The emulator holds at most {MAX_CONTACTS} addresses of a kind a user.")
