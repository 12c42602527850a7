"""Stytch's API, through the transport of its own SDK and with our own reader.

The SDK brings client, authentication and base URL; our aiohttp session brings timeouts and pool,
since the SDK's own has none worth the name. Its typed `sessions.authenticate` is not used: the
response models refuse unknown factor types and drop fields. Nor is its key client, which blocks.
"""

import logging
import random
import time
from asyncio import Semaphore
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp
import stytch

from authz_sidecar.core.observers import CallResult, SessionObserver
from authz_sidecar.core.session import Active, Invalid, Source, Unverifiable
from authz_sidecar.sessions.circuit import Circuit
from authz_sidecar.sessions.facts import UnreadableSessionError, read_session
from authz_sidecar.sessions.jwks import UnusableKeysError
from authz_sidecar.sessions.session_jwt import Issuer
from authz_sidecar.sessions.stytch_errors import error_type_of, meaning_of

_log = logging.getLogger(__name__)
SESSION_CHECK = "sessions/authenticate"
KEYS = "sessions/jwks"
ENDPOINTS = (SESSION_CHECK, KEYS)
"""The values of the metric label `endpoint`."""
MAX_CONCURRENT_CALLS = 50
"""More wait their turn: a flood of new sessions must not become one at Stytch."""
_FIRST_ERROR = 400
_HALF = "half an answer"
_JITTER = (0.8, 1.2)
# What says nothing about Stytch's health: a 404, or a fault of our own credentials.
_FAILURES = frozenset(
    {
        CallResult.RATE_LIMITED,
        CallResult.SERVER_ERROR,
        CallResult.TIMEOUT,
        CallResult.UNREACHABLE,
    }
)
Answer = Active | Invalid | Unverifiable


class Kind(StrEnum):
    """The two ways to name a session; each is a field of the request."""

    TOKEN = "session_token"  # noqa: S105 - the name of a field
    JWT = "session_jwt"


@dataclass(frozen=True, slots=True)
class StytchProject:
    """Which project to ask, where, and for how long at most."""

    project_id: str
    secret: str = field(repr=False)
    base_url: str | None
    """None: Stytch's own, chosen by the project id."""
    timeout: float
    """Seconds for one whole call."""


class StytchApi:
    """Asks Stytch. Belongs to one event loop."""

    def __init__(self, project: StytchProject, observer: SessionObserver) -> None:
        trace = aiohttp.TraceConfig()
        trace.on_request_redirect.append(_refuse_redirect)
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=project.timeout), trace_configs=[trace]
        )
        # The SDK takes https addresses as `custom_base_url`, and any other as `environment`.
        custom = project.base_url if (project.base_url or "").startswith("https://") else None
        self._client = stytch.Client(
            project.project_id,
            project.secret,
            environment=None if custom else project.base_url,
            custom_base_url=custom,
            async_session=self._http,
            suppress_warnings=True,
        )
        base = self._client.api_base
        self.issuer = Issuer(project.project_id, base.base_url)
        self.url = base.url_for("/v1/sessions/authenticate", {})
        keys = {"project_id": project.project_id}
        self._keys_url = base.url_for("/v1/sessions/jwks/{project_id}", keys)
        self._observer = observer
        self._circuit = Circuit(lambda: random.uniform(*_JITTER))  # noqa: S311 - spreads load
        self._turns = Semaphore(MAX_CONCURRENT_CALLS)
        self._last_result = CallResult.OK

    async def close(self) -> None:
        """Close the connections to Stytch."""
        await self._http.close()

    async def authenticate(self, kind: Kind, value: str, sent_at: float) -> Answer:
        """Ask Stytch about a session. The session is not extended.

        Args:
            kind: what the value is.
            value: the opaque token, or a session JWT with a good signature.
            sent_at: Unix seconds, the time the answer will speak for.

        Returns:
            Active, or Invalid where Stytch says that the session is dead; Unverifiable for
            everything else, failures of every kind included. Nothing is raised. While the circuit
            is open it is Unverifiable at once.
        """
        async with self._turns:
            if not self._circuit.allows(time.monotonic()):
                return Unverifiable()
            started = time.perf_counter()
            result, answer, detail = await self._ask(kind, value, sent_at)
        self._observer.stytch_called(SESSION_CHECK, result, time.perf_counter() - started)
        self._observer.circuit_is(self._circuit.state(time.monotonic()))
        self._log_change(result, detail)
        return answer

    async def _ask(self, kind: Kind, value: str, sent_at: float) -> tuple[CallResult, Answer, str]:
        result, retry_after = CallResult.UNREACHABLE, None
        try:
            reply = await self._client.async_client.post(self.url, {kind.value: value})
            if not _is_whole(reply.response):
                return result, Unverifiable(), _HALF
            retry_after = _retry_after(reply.response.headers)
            body: object = reply.json
            status = reply.response.status
            answered = _read_answer(status, body if isinstance(body, dict) else {}, sent_at)
            result = answered[0]
        except TimeoutError:
            result = CallResult.TIMEOUT
            return result, Unverifiable(), "no answer in time"
        except aiohttp.ClientError as error:
            return result, Unverifiable(), type(error).__name__
        else:
            return answered
        finally:
            # However the call ended: a half-open circuit waits for it.
            if result in _FAILURES:
                self._circuit.failed(time.monotonic(), retry_after)
            else:
                self._circuit.succeeded()

    async def fetch_keys(self) -> object:
        """The JSON of the project's key set.

        Raises:
            UnusableKeysError: says why there is none.
        """
        started = time.perf_counter()
        result, detail, body = CallResult.UNREACHABLE, "", {}
        try:
            reply = await self._client.async_client.get(self._keys_url, None)
        except TimeoutError:
            result, detail = CallResult.TIMEOUT, "no answer in time"
        except aiohttp.ClientError as error:
            detail = type(error).__name__
        else:
            status, body = reply.response.status, reply.json
            error_type = error_type_of(body)
            if not _is_whole(reply.response):
                detail = _HALF
            elif status >= _FIRST_ERROR:
                result, detail = meaning_of(status, error_type), f"{status} {error_type}"
            else:
                result = CallResult.OK
        self._observer.stytch_called(KEYS, result, time.perf_counter() - started)
        if result is not CallResult.OK:
            raise UnusableKeysError(f"{result} ({detail})")
        return body

    def _log_change(self, result: CallResult, detail: str) -> None:
        """Say when Stytch's answers become bad or good, not once for each."""
        good = {CallResult.OK, CallResult.DEAD_SESSION}
        if result in good and self._last_result in good:
            return
        if result is not self._last_result:
            level = logging.INFO if result in good else logging.ERROR
            _log.log(level, "Stytch's session check: %s (%s)", result, detail or "answers again")
        self._last_result = result


def _is_whole(response: aiohttp.ClientResponse) -> bool:
    """Whether the answer came to its end; the SDK's transport turns one that did not into {}.

    Without this, answers that begin and never end would wait for the timeout one by one, as if
    nothing were wrong with Stytch.
    """
    return response.content.is_eof() and response.content.exception() is None


async def _refuse_redirect(*_: object) -> None:
    """A redirect would take the token along, to wherever it says."""
    raise aiohttp.ClientPayloadError("a redirect")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of a `Retry-After`; a date is as good as none (RFC 9110 section 10.2.3)."""
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _fresh_jwt(body: Mapping[str, object]) -> str:
    value = body.get("session_jwt")
    return value if isinstance(value, str) else ""


def _read_answer(
    status: int, body: Mapping[str, object], sent_at: float
) -> tuple[CallResult, Answer, str]:
    if status >= _FIRST_ERROR:
        error_type = error_type_of(body)
        result = meaning_of(status, error_type)
        dead = result is CallResult.DEAD_SESSION
        return result, Invalid() if dead else Unverifiable(), f"{status} {error_type}"
    try:
        # The SDK's transport turns what is not JSON into {}, even on a 200.
        session = read_session(body)
    except UnreadableSessionError as error:
        return CallResult.BAD_ANSWER, Unverifiable(), str(error)
    return CallResult.OK, Active(session, Source.STYTCH, sent_at, _fresh_jwt(body)), ""
