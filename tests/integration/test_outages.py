"""Nobody who could answer answers: the door stays shut, and nobody is sent to the login page."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.http_client import Headers, request_bytes
from tests.integration.programs import Application, Sidecar, sidecar_running
from tests.integration.proxies.launcher import Launcher
from tests.integration.site import API, BROWSER, Site
from tests.integration.stytch_emulator import PASSWORD, PROJECT_ID, SECRET, StytchEmulator


@pytest.fixture
def outage(emulator: StytchEmulator) -> Iterator[StytchEmulator]:
    """The emulator, whose faults end with the test."""
    yield emulator
    emulator.heal()


@pytest.mark.parametrize("headers", [BROWSER, API], ids=["browser", "api"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "status": 500},
        {"kind": "error", "status": 429},
        {"kind": "html", "status": 503},
        {"kind": "empty"},
        {"kind": "hang"},
        {"kind": "drop"},
        {"kind": "error", "status": 404, "error_type": "route_not_found"},
    ],
    ids=["500", "429", "html", "empty", "hang", "drop", "404 of a router"],
)
def test_an_outage_of_stytch_is_503_for_a_session_not_seen_before(
    site: Site, outage: StytchEmulator, fault: dict[str, object], headers: Headers
) -> None:
    token = outage.session(PASSWORD)
    outage.fail(endpoint="sessions.authenticate", **fault)

    visit = site.get("/account/x", token, headers)

    visit.assert_refused(503, "stytch_unavailable")
    assert int(visit.answer.header("Retry-After") or "") > 0
    assert visit.answer.header("Location") is None


def test_a_session_verified_just_before_an_outage_still_passes(
    site: Site, outage: StytchEmulator
) -> None:
    token = outage.session(PASSWORD)
    site.get("/account/x", token).assert_allowed()

    outage.fail(endpoint="sessions.authenticate", kind="error", status=500)

    site.get("/account/x", token).assert_allowed()
    # ... but not where the rule wants Stytch to be asked now.
    site.get("/fresh/x", token).assert_refused(503, "stytch_unavailable")


def test_after_an_outage_a_session_opens_again(site: Site, outage: StytchEmulator) -> None:
    token = outage.session(PASSWORD)
    outage.fail(endpoint="sessions.authenticate", kind="drop")
    site.get("/account/x", token).assert_refused(503, "stytch_unavailable")

    outage.heal()

    site.get("/account/x", token).assert_allowed()


@dataclass(frozen=True, slots=True)
class OwnSite:
    site: Site
    sidecar: Sidecar


@pytest.fixture
def own(
    tmp_path: Path, emulator: StytchEmulator, application: Application, launcher: Launcher
) -> Iterator[OwnSite]:
    """A site whose sidecar the test may break."""
    with (
        sidecar_running(tmp_path, emulator.port, (PROJECT_ID, SECRET)) as sidecar,
        launcher.started(_empty(tmp_path / launcher.name), sidecar.port, application.port) as proxy,
    ):
        yield OwnSite(Site(proxy.name, proxy.port, application), sidecar)


def _empty(directory: Path) -> Path:
    directory.mkdir()
    return directory


def test_a_sidecar_that_hangs_or_is_gone_keeps_everything_shut(
    own: OwnSite, emulator: StytchEmulator
) -> None:
    token = emulator.session(PASSWORD)
    own.site.get("/account/x", token).assert_allowed()
    own.site.get("/public/x").assert_allowed("public")

    own.sidecar.program.signal(signal.SIGSTOP)
    assert_shut_while_the_sidecar_hangs(own.site)
    own.sidecar.program.signal(signal.SIGCONT)
    own.site.get("/account/x", token).assert_allowed()

    own.sidecar.program.signal(signal.SIGKILL)
    own.sidecar.program.process.wait()
    for target in ("/public/x", "/account/x"):
        visit = own.site.get(target, token, BROWSER)
        assert visit.reached == 0
        assert 500 <= visit.answer.status <= 599
        assert visit.answer.header("Location") is None


def assert_shut_while_the_sidecar_hangs(site: Site) -> None:
    before = site.application.requests()
    if site.proxy == "traefik":
        # It waits 30 seconds, and no option shortens that: what counts is that nothing passes.
        request = request_bytes("GET", "/public/x", [("Host", "shop.test")])
        with pytest.raises(TimeoutError):
            site.send(request, timeout=1.5)
    else:
        visit = site.get("/public/x")
        assert visit.answer.status == 503
        assert visit.answer.header("Retry-After") == "2"
    assert site.application.requests() == before
