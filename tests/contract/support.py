"""A running emulator, and one way of calling the SDK's sync and async methods alike."""

import asyncio
import inspect
import threading
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, Self, TypeVar, cast
from urllib.parse import urlencode

import aiohttp
import pytest
import requests
import stytch
from stytch.core.response_base import StytchError, StytchErrorDetails

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET, Emulator, serving

Json = dict[str, Any]
ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")


class Clock:
    """Real time, moved forward as a test likes: the SDK checks JWTs by the real clock."""

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


class EmulatorThread:
    """Serves an emulator on a thread of its own, so that blocking calls can reach it."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.base_url = ""
        self._ready = threading.Event()
        self._stop: Callable[[], object] = self._ready.set
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop serving; a second time it does nothing."""
        if self._thread.is_alive():
            self._stop()
        self._thread.join(10)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        async with serving(self.emulator) as self.base_url:
            self._ready.set()
            await stopped.wait()


class Stytch:
    """Stytch's SDK in one of its two modes, so that every scenario is written once."""

    def __init__(self, client: stytch.Client, *, blocking: bool) -> None:
        self.api = client
        self._blocking = blocking

    async def call(
        self,
        method: Callable[ParamsT, ResultT],
        *args: ParamsT.args,
        **kwargs: ParamsT.kwargs,
    ) -> ResultT:
        """Call a method of the SDK, or its async twin."""
        if self._blocking:
            return method(*args, **kwargs)
        assert inspect.ismethod(method)
        twin = getattr(method.__self__, f"{method.__name__}_async")
        return cast("ResultT", await twin(*args, **kwargs))

    async def refusal(
        self,
        method: Callable[ParamsT, object],
        *args: ParamsT.args,
        **kwargs: ParamsT.kwargs,
    ) -> tuple[int, str | None]:
        """Call a method that is refused, and return the status and Stytch's error type."""
        details = await refusal_of(self.call(method, *args, **kwargs))
        return details.status_code, details.error_type


def sdk_client(
    base_url: str,
    *,
    project_id: str = DEFAULT_PROJECT_ID,
    secret: str = DEFAULT_SECRET,
    sync_session: requests.Session,
    async_session: aiohttp.ClientSession,
) -> stytch.Client:
    """Return Stytch's SDK, pointed at the emulator, on sessions that the caller closes."""
    return stytch.Client(
        project_id,
        secret,
        environment=base_url,
        sync_session=sync_session,
        async_session=async_session,
    )


def basic(project_id: str = DEFAULT_PROJECT_ID, secret: str = DEFAULT_SECRET) -> str:
    """Return HTTP Basic credentials as the header Authorization wants them."""
    return f"Basic {b64encode(f'{project_id}:{secret}'.encode()).decode()}"


async def refusal_of(call: Awaitable[object]) -> StytchErrorDetails:
    """Return the details of the error that a call of the SDK raises."""
    with pytest.raises(StytchError) as caught:
        await call
    return caught.value.details


class Http:
    """Plain HTTP to the emulator: its control API, and what the SDK would never send."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self.session = session
        self.base_url = base_url
        self.basic = basic()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> tuple[int, Json]:
        """Return the status and the JSON of an answer, whose content type must be JSON."""
        content = {"json": body} if raw is None else {"data": raw}
        url = self.base_url + path
        async with self.session.request(method, url, headers=headers, **content) as answer:
            return answer.status, await answer.json()

    async def control(self, method: str, path: str, body: object = None) -> Json:
        """Return the JSON of a control call, which must succeed."""
        status, answer = await self.ask(method, f"/_emulator{path}", body)
        assert status == 200, answer
        return answer

    async def last_code(self, **wanted: str) -> str:
        """Return the code of the newest message."""
        answer = await self.control("GET", f"/messages?{urlencode(wanted)}")
        return str(answer["messages"][-1]["code"])
