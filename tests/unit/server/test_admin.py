"""The admin listener: metrics and health."""

from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from authz_sidecar.server.admin import admin_application
from authz_sidecar.telemetry.metrics import Metrics


async def test_metrics_are_in_prometheus_text_format() -> None:
    application = admin_application(Metrics("1.2.3", ["nginx"], []), lambda: None)
    async with TestClient(TestServer(application)) as client:
        answer = await client.get("/metrics")
        text = await answer.text()
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "authz_build_info" in {family.name for family in text_string_to_metric_families(text)}


async def test_readiness_follows_the_service_and_liveness_does_not() -> None:
    why_not: str | None = None
    application = admin_application(Metrics("1.2.3", [], []), lambda: why_not)
    async with TestClient(TestServer(application)) as client:
        answer = await client.get("/readyz")
        assert (answer.status, await answer.text()) == (200, "ready\n")
        why_not = "stopping"
        answer = await client.get("/readyz")
        assert (answer.status, await answer.text()) == (503, "stopping\n")
        assert (await client.get("/healthz")).status == 200
        assert (await client.get("/authz")).status == 404
