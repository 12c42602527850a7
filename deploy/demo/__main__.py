"""The demo: the guide's whole MFA flow, over real HTTP, through a real proxy.

Run it with `make demo`, or `python -m deploy.demo --proxy nginx --once`. It needs no account and
no root, and leaves nothing behind.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path

import aiohttp
from stytch.core.response_base import StytchError

from deploy.demo.errors import DemoError
from deploy.demo.ports import Ports, choose_ports
from deploy.demo.proxies import PROXIES, Proxy
from deploy.demo.scene import Scene
from deploy.demo.services import Services, services_running
from deploy.demo.steps import walk
from deploy.demo.stytch_side import Controls, LoginBackend
from deploy.demo.table import Row, Table
from deploy.demo.texts import heading, try_it
from deploy.demo.visits import Shop

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_CHECK_SECONDS = 0.5
_IN_USE = "address already in use"  # EADDRINUSE, in every program's log
GOOD, NOT_AS_EXPECTED, NOT_STARTED, BY_SIGNAL = 0, 1, 2, 128


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo.

    Args:
        arguments: those of the command line, unless given.

    Returns:
        0 if every step was as expected, 1 if not, 2 if the demo could not run, 128 and the
        signal's number if a signal ended it early.
    """
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--proxy", choices=PROXIES, default="traefik", help="default: %(default)s")
    parser.add_argument("--once", action="store_true", help="exit after the last step")
    options = parser.parse_args(arguments)
    try:
        return asyncio.run(_until_signal(_demo(PROXIES[options.proxy], once=options.once)))
    except DemoError as error:
        print(f"demo: {error}", file=sys.stderr)
        return NOT_STARTED
    except BrokenPipeError:
        # Nobody reads any more, as after `| head`; the interpreter would flush once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_AS_EXPECTED


async def _until_signal(demo: Coroutine[object, object, int]) -> int:
    """Run the demo; the first signal cancels it, further ones do not disturb its cleaning up."""
    task = asyncio.ensure_future(demo)
    received: list[int] = []

    def stop(number: int) -> None:
        received.append(number)
        if len(received) == 1:
            task.cancel()

    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:  # nohup
            loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        print(f"\ndemo: stopped by {signal.Signals(received[0]).name}", file=sys.stderr)
        return BY_SIGNAL + received[0]


async def _demo(proxy: Proxy, *, once: bool) -> int:
    proxy.require()
    ports = choose_ports()
    try:
        return await _demo_on(ports, proxy, once=once)
    except DemoError as error:
        if _IN_USE not in str(error).lower():
            raise
    print("\nAnother program was faster to take one of these ports, so once more:\n")
    return await _demo_on(choose_ports(usual=False), proxy, once=once)


async def _demo_on(ports: Ports, proxy: Proxy, *, once: bool) -> int:
    print(heading(proxy, ports), flush=True)
    with tempfile.TemporaryDirectory(prefix="authz-demo-") as directory:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as http,
            services_running(proxy, ports, Path(directory), http) as services,
        ):
            scene = await _scene(services, http)
            good = await _walk(scene, services)
            if not once:
                await _stay(scene, services)
    return GOOD if good else NOT_AS_EXPECTED


async def _scene(services: Services, http: aiohttp.ClientSession) -> Scene:
    stytch_url = f"http://127.0.0.1:{services.ports.stytch}"
    controls = Controls(http, stytch_url)
    return Scene(
        proxy=services.proxy.name,
        shop=Shop(http, services.ports),
        backend=LoginBackend(http, stytch_url),
        controls=controls,
        table=Table(sys.stdout),
        ann=await controls.new_person("ann@example.com", "+12025550123"),
        check_programs=services.check,
    )


async def _walk(scene: Scene, services: Services) -> bool:
    """Do all steps; tells whether all were as expected."""
    scene.table.head()
    try:
        await walk(scene)
    except (aiohttp.ClientError, TimeoutError, StytchError) as error:
        scene.table.row(Row("cannot go on", "-", "no answer", faults=[repr(error)]))
    services.check()
    scene.table.summary()
    return scene.table.good_steps == scene.table.steps


async def _stay(scene: Scene, services: Services) -> None:
    """Keep everything running until a signal; that is the expected end."""
    try:
        one, two = await _sessions(scene)
        print(try_it(services, scene.ann, one, two), flush=True)
        while True:
            services.check()
            await asyncio.sleep(_CHECK_SECONDS)
    except asyncio.CancelledError:
        print("\nstopping")


async def _sessions(scene: Scene) -> tuple[str, str]:
    """Tokens of a session with one factor, and of one with two."""
    one, two = [await scene.backend.enter_password(scene.ann) for _ in range(2)]
    phone_id = await scene.backend.send_sms(scene.ann, two.token)
    code = await scene.controls.last_code(scene.ann.phone)
    two = await scene.backend.enter_code(phone_id, code, two.token)
    return one.token, two.token


if __name__ == "__main__":
    sys.exit(main())
