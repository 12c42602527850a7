"""The other side of the flow: a login backend on Stytch's own SDK, and the emulator's controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import stytch
from stytch.consumer.models.sessions import Session

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET

SESSION_MINUTES = 120
_PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that the emulator makes up


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the emulated project."""

    user_id: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session, as the login backend gets it."""

    token: str
    factors: str
    """`password + sms`: its factors, codes by how they were delivered."""


class LoginBackend:
    """What an application does to log people in; nothing here knows that Stytch is emulated."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str) -> None:
        """Make Stytch's client.

        Args:
            http: what the SDK sends requests with.
            base_url: where Stytch is.
        """
        self._client = stytch.Client(
            DEFAULT_PROJECT_ID, DEFAULT_SECRET, environment=base_url, async_session=http
        )

    async def enter_password(self, person: Person) -> SignedIn:
        """Step 1 of the guide: a session with one factor."""
        answer = await self._client.passwords.authenticate_async(
            email=person.email, password=_PASSWORD, session_duration_minutes=SESSION_MINUTES
        )
        return _signed_in(answer.session_token, answer.session)

    async def send_sms(self, person: Person, token: str) -> str:
        """Step 2 of the guide, first half; returns the phone's id."""
        answer = await self._client.otps.sms.send_async(
            phone_number=person.phone, session_token=token
        )
        return answer.phone_id

    async def send_email(self, person: Person, token: str) -> str:
        """Send a code by e-mail; returns the address's id."""
        answer = await self._client.otps.email.send_async(email=person.email, session_token=token)
        return answer.email_id

    async def enter_code(self, method_id: str, code: str, token: str) -> SignedIn:
        """Step 2 of the guide, second half: a new session with one factor more."""
        answer = await self._client.otps.authenticate_async(
            method_id=method_id, code=code, session_token=token
        )
        return _signed_in(answer.session_token, answer.session)


def _signed_in(token: str, session: Session | None) -> SignedIn:
    factors = session.authentication_factors if session else []
    names = (f.delivery_method if f.type == "otp" else f.type for f in factors)
    return SignedIn(token, " + ".join(names))


class Controls:
    """The emulator's control API: what Stytch's dashboard, a phone, time and fate would do."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str) -> None:
        """Make it known.

        Args:
            http: to send requests with.
            base_url: where the emulator is.
        """
        self._http = http
        self._url = f"{base_url}/_emulator"

    async def new_person(self, email: str, phone: str, roles: Sequence[str] = ()) -> Person:
        """Make a user with a verified address and number, and a password."""
        details = {"email": email, "phone_number": phone, "password": _PASSWORD}
        created = await self._call("POST", "/users", {**details, "roles": list(roles)})
        return Person(created["user"]["user_id"], email, phone)

    async def last_code(self, address: str) -> str:
        """The code in the last message to an e-mail address or a phone."""
        messages = (await self._call("GET", "/messages"))["messages"]
        code: str = [message for message in messages if message["address"] == address][-1]["code"]
        return code

    async def move_sms_back(self, token: str, seconds: int) -> None:
        """Let the SMS code of a session have been entered longer ago."""
        factor = {"type": "otp", "delivery_method": "sms", "seconds": seconds}
        await self._call("POST", "/factors/age", {"session_token": token, **factor})

    async def break_stytch(self, **fault: object) -> None:
        """Put a fault in force, for every endpoint."""
        await self._call("POST", "/faults", fault)

    async def repair_stytch(self) -> None:
        """Take all faults out of force."""
        await self._call("DELETE", "/faults")

    async def _call(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON is of any shape
        async with self._http.request(method, self._url + path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json()
