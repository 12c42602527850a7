"""The admin listener: metrics and health, on an address of its own that no proxy route reaches."""

from collections.abc import Callable

from aiohttp import web

from authz_sidecar.telemetry.metrics import CONTENT_TYPE, Metrics


def admin_application(metrics: Metrics, why_not_ready: Callable[[], str | None]) -> web.Application:
    """The application of the admin listener.

    Args:
        metrics: what `/metrics` shows.
        why_not_ready: why requests should not be sent here, or None. An outage of Stytch is no
            reason, since taking every replica out of rotation would make it total.
    """

    async def show_metrics(_: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})

    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.Response:
        why_not = why_not_ready()
        return web.Response(text=f"{why_not or 'ready'}\n", status=503 if why_not else 200)

    application = web.Application()
    application.router.add_get("/metrics", show_metrics)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", readyz)
    return application
