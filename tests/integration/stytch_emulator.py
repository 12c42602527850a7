"""The emulator as the tests use it: users and sessions, what time does to them, and outages."""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import requests
import stytch

from tests.integration.http_client import Answer, call
from tests.integration.processes import running
from tests.integration.programs import AUTHZ_SIDECAR

PROJECT_ID = "project-test-11111111-2222-4333-8444-555555555555"
SECRET = "secret-test-for-the-integration-tests"
_PASSWORD = "correct horse battery staple"
_MINUTES = 60

Factor = tuple[str, str]
"""Stytch's type and delivery method."""
PASSWORD: Factor = ("password", "knowledge")
SMS: Factor = ("otp", "sms")
EMAIL_CODE: Factor = ("otp", "email")


class SignedIn(NamedTuple):
    """What a browser holds after signing in."""

    token: str
    jwt: str
    user_id: str


class StytchEmulator:
    """A running emulator, over its HTTP interfaces and by Stytch's own SDK."""

    def __init__(self, port: int, client: stytch.Client) -> None:
        self.port = port
        self.client = client
        self._numbers = count(1)

    def new_user(self, *roles: str) -> "User":
        """A user whom no other test knows."""
        number = next(self._numbers)
        email, phone = f"user{number}@example.com", f"+1202555{number:04}"
        details = {"email": email, "phone_number": phone, "password": _PASSWORD}
        created = self._control("POST", "/users", {**details, "roles": list(roles)})
        return User(self, created["user"]["user_id"], email, phone)

    def session(self, *factors: Factor, roles: Sequence[str] = ()) -> str:
        """The token of a session of a new user, who proved these factors just now."""
        return self.signed_in(*factors, roles=roles).token

    def signed_in(
        self, *factors: Factor, roles: Sequence[str] = (), ago: float = 0, issuer: str | None = None
    ) -> SignedIn:
        """A session of a new user, and its JWT.

        Args:
            factors: what the user proved.
            roles: the user's.
            ago: seconds since all that.
            issuer: who the JWT says has signed it; Stytch, if not given.
        """
        user = self.new_user(*roles)
        wanted = [{"type": kind, "delivery_method": by} for kind, by in factors]
        body = {"user_id": user.user_id, "factors": wanted}
        self._control("PUT", "/clock", {"offset_seconds": -ago})
        self._control("PUT", "/jwts", {"issuer": issuer} if issuer else {})
        made = self._control("POST", "/sessions", body)
        self._control("PUT", "/jwts", {})
        self._control("PUT", "/clock", {"offset_seconds": 0})
        return SignedIn(made["session_token"], made["session_jwt"], user.user_id)

    def prove(self, session: SignedIn, factor: Factor) -> SignedIn:
        """Prove one factor more; the session that replaces the given one, which is dead."""
        kind, by = factor
        wanted = {"type": kind, "delivery_method": by}
        body = {"session_token": session.token, "factor": wanted}
        made = self._control("POST", "/factors/prove", body)
        return SignedIn(made["session_token"], made["session_jwt"], session.user_id)

    def revoke(self, session: SignedIn) -> None:
        """Let a session die, as a logout does."""
        self._control("POST", "/sessions/revoke", {"session_token": session.token})

    def rotate_keys(self, *, keep_old: bool) -> None:
        """Sign with a new key from now on."""
        self._control("POST", "/keys/rotate", {"keep_old": keep_old})

    def age(self, token: str, factor: Factor, seconds: int) -> None:
        """Let a factor of a session be proven longer ago."""
        kind, by = factor
        body = {"session_token": token, "type": kind, "delivery_method": by, "seconds": seconds}
        self._control("POST", "/factors/age", body)

    def last_code(self, address: str) -> str:
        """The one-time code in the last message to an e-mail address or a phone."""
        messages = self._control("GET", "/messages")["messages"]
        code: str = [message for message in messages if message["address"] == address][-1]["code"]
        return code

    def fail(self, **fault: object) -> None:
        """Put a fault in force."""
        self._control("POST", "/faults", fault)

    def heal(self) -> None:
        """Take all faults out of force."""
        self._control("DELETE", "/faults")

    def session_checks(self) -> int:
        """How often a session was asked about."""
        checks: int = self._control("GET", "/calls")["calls"]["sessions.authenticate"]
        return checks

    def _control(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        answer: Answer = call(self.port, method, f"/_emulator{path}", body)
        assert answer.status == 200, answer
        content: dict[str, Any] = answer.json()
        return content


class User:
    """One user, who signs in by Stytch's SDK as a login page would let them."""

    def __init__(self, emulator: StytchEmulator, user_id: str, email: str, phone: str) -> None:
        self.user_id = user_id
        self.email = email
        self._emulator = emulator
        self._phone = phone

    def enter_password(self) -> str:
        """Start a session; returns its token."""
        answer = self._emulator.client.passwords.authenticate(
            email=self.email, password=_PASSWORD, session_duration_minutes=_MINUTES
        )
        return answer.session_token

    def enter_sms_code(self, token: str) -> str:
        """Add a second factor; returns the token of the session that replaces the old one."""
        sent = self._emulator.client.otps.sms.send(phone_number=self._phone, session_token=token)
        return self._enter_code(sent.phone_id, self._phone, token)

    def enter_email_code(self, token: str) -> str:
        """Add a code from the inbox; returns the token of the session that replaces the old one."""
        sent = self._emulator.client.otps.email.send(email=self.email, session_token=token)
        return self._enter_code(sent.email_id, self.email, token)

    def _enter_code(self, method_id: str, address: str, token: str) -> str:
        code = self._emulator.last_code(address)
        answer = self._emulator.client.otps.authenticate(
            method_id=method_id, code=code, session_token=token
        )
        return answer.session_token


@contextmanager
def emulator_running(directory: Path) -> Iterator[StytchEmulator]:
    """Run an emulator inside this block, which revokes a replaced session at once."""
    project = ("--project-id", PROJECT_ID, "--secret", SECRET)
    command = (AUTHZ_SIDECAR, "emulator", "--listen", "127.0.0.1:0", *project)
    log = directory / "emulator.log"
    with running("emulator", (*command, "--revoke-after", "0"), log) as program:
        base_url = program.wait_for_output(r"base URL\s+(http://127\.0\.0\.1:\d+)\n")
        with requests.Session() as http:
            http.trust_env = False  # no proxy of the environment stands between
            port = re.sub(r".*:", "", base_url)
            yield StytchEmulator(int(port), _sdk(base_url, http))


def _sdk(base_url: str, http: requests.Session) -> stytch.Client:
    with warnings.catch_warnings():
        # The SDK makes its asynchronous half, too, with a class that aiohttp has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        return stytch.Client(PROJECT_ID, SECRET, environment=base_url, sync_session=http)
