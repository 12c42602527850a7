"""The programs of the scenarios. They are started once; only who breaks one starts its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.programs import (
    Application,
    Sidecar,
    application_running,
    sidecar_running,
)
from tests.integration.proxies import LAUNCHERS
from tests.integration.proxies.launcher import Launcher, RunningProxy
from tests.integration.site import Site
from tests.integration.stytch_emulator import (
    PROJECT_ID,
    SECRET,
    StytchEmulator,
    emulator_running,
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name in missing_proxies():
        terminalreporter.write_line(
            f"{name} IS NOT INSTALLED, so nothing was tested with it: deploy/install-test-services",
            red=True,
        )


def missing_proxies() -> list[str]:
    return [name for name, launcher in LAUNCHERS.items() if launcher.program() is None]


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("integration")


@pytest.fixture(scope="session")
def emulator(directory: Path) -> Iterator[StytchEmulator]:
    with emulator_running(directory) as running:
        yield running


@pytest.fixture(scope="session")
def application(directory: Path) -> Iterator[Application]:
    with application_running(directory) as running:
        yield running


@pytest.fixture(scope="session")
def sidecar(directory: Path, emulator: StytchEmulator) -> Iterator[Sidecar]:
    with sidecar_running(directory, emulator.port, (PROJECT_ID, SECRET)) as running:
        yield running


@pytest.fixture(params=LAUNCHERS)
def launcher(request: pytest.FixtureRequest) -> Launcher:
    """Each proxy in turn."""
    launcher = LAUNCHERS[request.param]
    launcher.require()
    return launcher


@pytest.fixture(scope="session")
def shared_proxy(
    directory: Path, sidecar: Sidecar, application: Application
) -> Iterator[Callable[[Launcher], RunningProxy]]:
    """Starts each proxy once. A parametrised fixture would start it anew in random order."""
    started: dict[str, RunningProxy] = {}
    with ExitStack() as stack:

        def of(launcher: Launcher) -> RunningProxy:
            if launcher.name not in started:
                (own := directory / launcher.name).mkdir()
                proxy = launcher.started(own, sidecar.port, application.port)
                started[launcher.name] = stack.enter_context(proxy)
            return started[launcher.name]

        yield of


@pytest.fixture
def proxy(launcher: Launcher, shared_proxy: Callable[[Launcher], RunningProxy]) -> RunningProxy:
    return shared_proxy(launcher)


@pytest.fixture
def site(proxy: RunningProxy, application: Application) -> Site:
    return Site(proxy.name, proxy.port, application)
