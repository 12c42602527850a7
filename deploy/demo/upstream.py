"""An application to protect: it answers every request with what reached it.

Run it with `python -m deploy.demo.upstream --listen 127.0.0.1:9100`. It also remembers, so that
a test can prove that a refused request was never passed on: `GET /_upstream/seen` tells how many
requests came and what the last one was. A request with `X-Answer-Status: 500` gets that status.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import web

DEFAULT_LISTEN = "127.0.0.1:9100"
SEEN_PATH = "/_upstream/seen"
STATUS_HEADER = "X-Answer-Status"
# The proxies pass lines of 32 KB; refusing here would look like a refusal of theirs.
_MAX_LINE = 65_536

_Echo = dict[str, object]


@dataclass(slots=True)
class Seen:
    """What reached the application so far."""

    count: int = 0
    last: _Echo = field(default_factory=dict)

    def note(self, echo: _Echo) -> None:
        """Remember one more request."""
        self.count += 1
        self.last = echo


def create_app() -> web.Application:
    """Return the application; each has a memory of its own."""
    seen = Seen()

    async def answer(request: web.Request) -> web.Response:
        if request.path == SEEN_PATH:
            return web.json_response({"count": seen.count, "last": seen.last})
        echo = describe(request)
        seen.note(echo)
        return web.json_response(echo, status=int(request.headers.get(STATUS_HEADER, "200")))

    app = web.Application(handler_args={"max_line_size": _MAX_LINE, "max_field_size": _MAX_LINE})
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def describe(request: web.Request) -> _Echo:
    """Tell a request's method, its raw path with the query, and its headers.

    Args:
        request: the request; its body is not read.

    Returns:
        `method`, `path` and `headers`; the names of headers stand as they were received, each
        with the list of its values.
    """
    headers: dict[str, list[str]] = {}
    for name, value in request.raw_headers:
        headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
    return {"method": request.method, "path": request.raw_path, "headers": headers}


async def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        host: the address to listen on.
        port: the TCP port; 0 takes a free one.
    """
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runner = web.AppRunner(create_app(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound_port = runner.addresses[0][1]
        sys.stderr.write(f"the demo's application listens on http://{host}:{bound_port}\n")
        sys.stderr.flush()
        await stopped.wait()
    finally:
        await runner.cleanup()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        arguments: those of the command line, unless given.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="python -m deploy.demo.upstream", description=__doc__)
    parser.add_argument("--listen", default=DEFAULT_LISTEN, metavar="HOST:PORT")
    host, _, port = parser.parse_args(arguments).listen.rpartition(":")
    asyncio.run(serve(host, int(port)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
