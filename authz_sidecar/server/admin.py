"""The admin listener: metrics and health, on an address of its own that no proxy route reaches."""

from collections.abc import Callable

from aiohttp import web

from authz_sidecar.telemetry.metrics import CONTENT_TYPE, Metrics


def admin_application(metrics: Metrics, is_ready: Callable[[], bool]) -> web.Application:
    """The application of the admin listener.

    Args:
        metrics: what `/metrics` shows.
        is_ready: whether requests should be sent here; an outage of Stytch does not matter, since
            taking every replica out of rotation would make it total.
    """

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        ready = is_ready()
        return web.Response(text="ready\n" if ready else "stopping\n", status=200 if ready else 503)

    application = web.Application()
    application.router.add_get("/metrics", show_metrics)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    return application
