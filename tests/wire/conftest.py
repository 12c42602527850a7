"""The programs that are spoken to: the real service, and an emulated Stytch behind it."""

from collections.abc import Iterator

import pytest

from tests.integration.stytch_emulator import PASSWORD, StytchEmulator, emulator_running
from tests.wire.raw import Connection, connected
from tests.wire.service import Service, serving


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StytchEmulator]:
    with emulator_running(tmp_path_factory.mktemp("wire-emulator")) as running:
        yield running


@pytest.fixture(scope="session")
def service(
    tmp_path_factory: pytest.TempPathFactory, emulator: StytchEmulator
) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("wire"), emulator.port) as running:
        yield running


@pytest.fixture(scope="session")
def token(emulator: StytchEmulator) -> bytes:
    """A session with one factor."""
    return emulator.session(PASSWORD).encode()


@pytest.fixture
def connection(service: Service) -> Iterator[Connection]:
    """One connection; after each test the service still answers as it should."""
    with connected(service.port) as open_one:
        yield open_one
    service.assert_it_answers()
