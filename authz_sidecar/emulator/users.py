"""The users of the emulated project, all in memory, and who has which address."""

from collections.abc import Callable, Sized

from authz_sidecar.emulator.errors import ApiError, bad_request, user_not_found
from authz_sidecar.emulator.user import Email, Phone, User

MAX_USERS = 1000
MAX_PER_KIND = 10  # e-mail addresses, phone numbers, passkeys, providers of one user


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
        """Return a user, by Stytch's id or by the project's own.

        Raises:
            ApiError: 404 `user_not_found`.
        """
        user = self._users.get(user_id) or self.one(lambda user: user.external_id == user_id)
        if user is None:
            raise user_not_found()
        return user

    def remove(self, user: User) -> None:
        """Forget a user."""
        del self._users[user.user_id]

    def one(self, wanted: Callable[[User], bool]) -> User | None:
        """Return the oldest user that is wanted, if any is."""
        return next((user for user in self._users.values() if wanted(user)), None)

    def with_email(self, address: str) -> User | None:
        """Return the user who has this e-mail address, verified or not."""
        return self.one(lambda user: user.email(address) is not None)

    def with_phone(self, number: str) -> User | None:
        """Return the user who has this phone number, verified or not."""
        return self.one(lambda user: user.phone(number) is not None)

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
        known = user.email(address)
        if known:
            return known
        if self.with_email(address):
            raise duplicate_email()
        _require_verified(user)
        require_room(user.emails)
        email = Email(address, verified=False)
        user.emails.append(email)
        return email

    def attach_phone(self, user: User, number: str) -> Phone:
        """Return the user's phone record for a number, adding it unverified if it is new.

        Raises:
            ApiError: 400 `duplicate_phone_number`, `too_many_unverified_factors` or `bad_request`.
        """
        known = user.phone(number)
        if known:
            return known
        if self.with_phone(number):
            raise duplicate_phone_number()
        _require_verified(user)
        require_room(user.phones)
        phone = Phone(number, verified=False)
        user.phones.append(phone)
        return phone


def duplicate_email() -> ApiError:
    """Return the refusal of an e-mail address that another user has."""
    return ApiError(400, "duplicate_email", "A user with this email already exists.")


def duplicate_phone_number() -> ApiError:
    """Return the refusal of a phone number that another user has."""
    return ApiError(400, "duplicate_phone_number", "A user with this phone number already exists.")


def require_room(held: Sized) -> None:
    """Refuse one thing more than a user may have of a kind.

    Raises:
        ApiError: 400 `bad_request`.
    """
    if len(held) >= MAX_PER_KIND:
        raise bad_request(f"The emulator holds at most {MAX_PER_KIND} of a kind for a user.")


def _require_verified(user: User) -> None:
    # Whoever merely typed somebody else's e-mail address must not be able to hang a phone of
    # their own on that account, so something has to be proven first.
    if not user.has_verified_contact:
        raise ApiError(
            400,
            "too_many_unverified_factors",
            "The user must verify an email or phone number before another factor is added.",
        )
