"""Stytch's session check, through the transport of its own SDK and with our own reader.

The SDK brings client, authentication and base URL; our aiohttp session brings timeouts and pool,
since the SDK's own has none worth the name. Its typed `sessions.authenticate` is not used: the
response models refuse unknown factor types and drop fields.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import stytch

from authz_sidecar.core.observers import CallResult, SessionObserver
from authz_sidecar.core.session import Active, Invalid, Source, Unverifiable
from authz_sidecar.sessions.facts import UnreadableSessionError, read_session
from authz_sidecar.sessions.stytch_errors import error_type_of, meaning_of

_log = logging.getLogger(__name__)
_ROUTE = "/v1/sessions/authenticate"
ENDPOINT = "sessions/authenticate"
"""The metric label of the session check."""
_FIRST_ERROR = 400


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
    """Asks Stytch whether a session lives. Belongs to one event loop."""

    def __init__(self, project: StytchProject, observer: SessionObserver) -> None:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=project.timeout))
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
        self.url = self._client.api_base.url_for(_ROUTE, {})
        self._observer = observer
        self._last_result = CallResult.OK

    async def close(self) -> None:
        """Close the connections to Stytch."""
        await self._http.close()

    async def authenticate(
        self, session_token: str, sent_at: float
    ) -> Active | Invalid | Unverifiable:
        """Ask Stytch about a session. The session is not extended.

        Args:
            session_token: the opaque token.
            sent_at: Unix seconds, the time the answer will speak for.

        Returns:
            Active, or Invalid where Stytch says that the session is dead; Unverifiable for
            everything else, failures of every kind included. Nothing is raised.
        """
        started = time.perf_counter()
        result, answer, detail = await self._ask(session_token, sent_at)
        self._observer.stytch_called(ENDPOINT, result, time.perf_counter() - started)
        self._log_change(result, detail)
        return answer

    async def _ask(
        self, session_token: str, sent_at: float
    ) -> tuple[CallResult, Active | Invalid | Unverifiable, str]:
        try:
            reply = await self._client.async_client.post(self.url, {"session_token": session_token})
        except TimeoutError:
            return CallResult.TIMEOUT, Unverifiable(), "no answer in time"
        except aiohttp.ClientError as error:
            return CallResult.UNREACHABLE, Unverifiable(), type(error).__name__
        body: object = reply.json
        return _read_answer(reply.response.status, body if isinstance(body, dict) else {}, sent_at)

    def _log_change(self, result: CallResult, detail: str) -> None:
        """Say when Stytch's answers become bad or good, not once for each."""
        good = {CallResult.OK, CallResult.DEAD_SESSION}
        if result in good and self._last_result in good:
            return
        if result is not self._last_result:
            level = logging.INFO if result in good else logging.ERROR
            _log.log(level, "Stytch's session check: %s (%s)", result, detail or "answers again")
        self._last_result = result


def _read_answer(
    status: int, body: Mapping[str, object], sent_at: float
) -> tuple[CallResult, Active | Invalid | Unverifiable, str]:
    if status >= _FIRST_ERROR:
        error_type = error_type_of(body)
        result = meaning_of(status, error_type)
        dead = result is CallResult.DEAD_SESSION
        return result, Invalid() if dead else Unverifiable(), f"{status} {error_type}"
    try:
        # The SDK's transport turns what is not JSON into {}, even on a 200.
        return CallResult.OK, Active(read_session(body), Source.STYTCH, sent_at), ""
    except UnreadableSessionError as error:
        return CallResult.BAD_ANSWER, Unverifiable(), str(error)
