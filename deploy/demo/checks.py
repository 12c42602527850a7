"""What an answer must be. A check tells what is wrong with a visit, in words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from deploy.demo.visits import Visit

Check = Callable[[Visit], Iterator[str]]

IDENTITY = ("X-Authz-User", "X-Authz-Email", "X-Authz-Roles", "X-Authz-Factors", "X-Authz-Amr")
NOBODY = dict.fromkeys(IDENTITY, "")
_REDIRECT, _UNAUTHORIZED = 302, 401
_REACHED = "the number of requests that reached the application"
_HINTS = ("Location", "X-Authz-Authenticate-Url", "X-Authz-Redirect", "WWW-Authenticate")


def allowed(reason: str, identity: Mapping[str, str]) -> Check:
    """The application answered, and was told exactly this identity."""

    def check(visit: Visit) -> Iterator[str]:
        yield from _differences(
            {"status": 200, "reason": reason, _REACHED: 1},
            {"status": visit.status, "reason": visit.reason, _REACHED: visit.reached},
        )
        if visit.reached != 1:
            return
        for name, value in identity.items():
            # One proxy leaves an empty header out, the other sends it empty.
            found = visit.passed_on.getall(name, [""])
            if found != [value]:
                yield f"the application got {name}: {found}, not {value!r}"

    return check


def refused(status: int, reason: str) -> Check:
    """The sidecar refused, nothing reached the application, and the answer names nobody."""

    def check(visit: Visit) -> Iterator[str]:
        yield from _differences(
            {"status": status, "reason": reason, "Cache-Control": "no-store", _REACHED: 0},
            {
                "status": visit.status,
                "reason": visit.reason,
                "Cache-Control": visit.headers.get("Cache-Control"),
                _REACHED: visit.reached,
            },
        )
        yield from (f"the answer has {name}" for name in IDENTITY if name in visit.headers)

    return check


def without_hint(visit: Visit) -> Iterator[str]:
    """Nobody is sent anywhere: logging in would not help."""
    for name in _HINTS:
        if name in visit.headers:
            yield f"the answer has {name}: {visit.headers[name]}"


def retried_later(visit: Visit) -> Iterator[str]:
    """The visitor is told when to try again."""
    if not visit.headers.get("Retry-After", "").isdigit():
        yield "the answer has no Retry-After"


def not_passed_on(name: str) -> Check:
    """A header of the visitor's did not reach the application."""

    def check(visit: Visit) -> Iterator[str]:
        if name in visit.passed_on:
            yield f"the application got {name}: {visit.passed_on.getall(name)}"

    return check


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a refusal must say that a login, or one more factor, can turn into a yes."""

    page: str
    """URL of the page that can do it."""
    reason: str
    return_to: str
    """URL that was asked for."""
    www_authenticate: str = "Bearer"
    offers: str = ""
    """Factors that must be offered, comma-joined."""
    max_age: str = ""

    def to_browser(self, visit: Visit) -> Iterator[str]:
        """A person is redirected to the page."""
        yield from refused(_REDIRECT, self.reason)(visit)
        yield from self._check_url("Location", visit.headers.get("Location", ""))

    def to_program(self, visit: Visit) -> Iterator[str]:
        """A program gets the same URL, but never a redirect."""
        yield from refused(_UNAUTHORIZED, self.reason)(visit)
        if "Location" in visit.headers:
            yield f"a program is redirected to {visit.headers['Location']}"
        found = visit.headers.get("WWW-Authenticate")
        if found != self.www_authenticate:
            yield f"WWW-Authenticate is {found!r}, not {self.www_authenticate!r}"
        name = "X-Authz-Authenticate-Url"
        yield from self._check_url(name, visit.headers.get(name, ""))

    def _check_url(self, name: str, url: str) -> Iterator[str]:
        if not url:
            yield f"the answer has no {name}"
            return
        parts = urlsplit(url)
        page = f"{parts.scheme}://{parts.netloc}{parts.path}"
        if page != self.page:
            yield f"{name} leads to {page}, not to {self.page}"
        query = {key: ",".join(values) for key, values in parse_qs(parts.query).items()}
        offered = set(query.pop("factors", "").split(",")) - {""}
        wanted = set(self.offers.split(",")) - {""}
        if not offered >= wanted or bool(offered) != bool(wanted):
            yield f"{name} offers the factors {sorted(offered)}, not {sorted(wanted)}"
        if offered & {"password", "email_otp"}:
            yield f"{name} offers a factor that would not help: {sorted(offered)}"
        expected = {"return_to": self.return_to, "reason": self.reason}
        if self.max_age:
            expected["max_age"] = self.max_age
        yield from _differences(expected, query)


def _differences(expected: Mapping[str, object], found: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            yield f"{name} is {found.get(name)!r}, not {expected.get(name)!r}"
