"""The stage of the steps: does one, and writes its row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import aiohttp

from deploy.demo.checks import Challenge, Check
from deploy.demo.stytch_side import Controls, LoginBackend, Person, SignedIn
from deploy.demo.table import Row, Table
from deploy.demo.visits import LOGIN_PAGES, Headers, Shop, Visit

_NOTABLE_SECONDS = 0.5
_CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Scene:
    """The shop, its login backend and the world around them."""

    proxy: str
    """The proxy's name."""
    shop: Shop
    backend: LoginBackend
    controls: Controls
    table: Table
    ann: Person
    check_programs: Callable[[], None]
    """Raises a `DemoError` if one of the programs has ended."""

    def challenge(self, page: str, reason: str, target: str, **more: str) -> Challenge:
        """A challenge that leads to one of the login pages, and back to the target."""
        url = f"http://{LOGIN_PAGES}:{self.shop.port}/{page}"
        return Challenge(url, reason, self.shop.url(target), **more)

    async def visit(
        self,
        step: str,
        request: str,
        headers: Headers,
        token: str,
        checks: Sequence[Check],
        show: Sequence[str] = (),
    ) -> None:
        """Send a request to the shop and write a row about it.

        Args:
            step: what is tried, in words.
            request: method and target.
            headers: what the visitor sends beside the session.
            token: the visitor's session; empty: none.
            checks: what the answer must be.
            show: headers worth seeing, whoever sent them.

        Raises:
            DemoError: it went wrong, and one of the programs is no longer there.
        """
        method, _, target = request.partition(" ")
        try:
            visit = await self.shop.visit(method, target, headers, token)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.table.row(Row(step, request, "no answer", faults=[repr(error)]))
            self.check_programs()
            return
        faults = [fault for check in checks for fault in check(visit)]
        details = _details(visit, headers, show)
        self.table.row(Row(step, request, came_back(visit), visit.reason or "-", details, faults))
        if faults:
            self.check_programs()

    async def enter_password(self, step: str) -> SignedIn:
        """Step 1 of the guide, with a row."""
        session = await self.backend.enter_password(self.ann)
        self._signed_in(step, "passwords.authenticate", session, "password")
        return session

    async def enter_email_code(self, step: str, session: SignedIn) -> SignedIn:
        """A code by e-mail, with a row."""
        email_id = await self.backend.send_email(self.ann, session.token)
        code = await self.controls.last_code(self.ann.email)
        renewed = await self.backend.enter_code(email_id, code, session.token)
        self._signed_in(step, "otps.authenticate", renewed, "password + email", session)
        return renewed

    async def enter_sms_code(self, session: SignedIn) -> SignedIn:
        """Step 2 of the guide, with two rows."""
        phone_id = await self.backend.send_sms(self.ann, session.token)
        code = await self.controls.last_code(self.ann.phone)
        good = len(code) == _CODE_DIGITS and code.isdigit()
        faults = [] if good else [f"{code!r} is no code of {_CODE_DIGITS} digits"]
        self.table.row(Row("send a code", "otps.sms.send", f"SMS: {code}", faults=faults))
        renewed = await self.backend.enter_code(phone_id, code, session.token)
        self._signed_in("enter it", "otps.authenticate", renewed, "password + sms", session)
        return renewed

    def _signed_in(
        self, step: str, call: str, session: SignedIn, factors: str, before: SignedIn | None = None
    ) -> None:
        """Write a row about a session: its factors, and that it replaces the one before."""
        faults = []
        if session.factors != factors:
            faults.append(f"the session's factors are {session.factors}, not {factors}")
        if before is not None and before.token == session.token:
            faults.append("the session token is still the old one")
        self.table.row(Row(step, call, "a new session token", session.factors, faults=faults))


def came_back(visit: Visit) -> str:
    """An answer in a few words."""
    words = str(visit.status)
    if "Location" in visit.headers:
        words += f" to {_page(visit.hint)}"
    elif visit.hint:
        words += f", see {_page(visit.hint)}"
    if visit.seconds > _NOTABLE_SECONDS:
        words += f" after {visit.seconds:.1f} s"
    return words


def _page(url: str) -> str:
    return "/" + url.partition("?")[0].rpartition("/")[2]


def _details(visit: Visit, sent: Headers, names: Sequence[str]) -> list[str]:
    """The headers of these names, by who sent them."""
    claimed = [f"the visitor sent {name}: {sent[name]}" for name in names if name in sent]
    answered = [f"{name}: {visit.headers[name]}" for name in names if name in visit.headers]
    told = [f"{name}: {visit.passed_on[name]}" for name in names if name in visit.passed_on]
    return claimed + answered + [f"the application got {header}" for header in told]
