"""What travels in an upgraded connection is not asked about, so only WebSocket may upgrade."""

import pytest

from tests.integration.site import API, Site
from tests.integration.stytch_emulator import PASSWORD, StytchEmulator
from tests.integration.test_challenges import WEBSOCKET


def test_a_websocket_with_a_session_reaches_the_application(
    site: Site, emulator: StytchEmulator
) -> None:
    visit = site.get("/account/x", emulator.session(PASSWORD), [*API, *WEBSOCKET])

    visit.assert_allowed()
    assert visit.upstream_header("Upgrade") == ["websocket"]
    assert [value.lower() for value in visit.upstream_header("Connection")] == ["upgrade"]
    assert visit.upstream_header("Sec-WebSocket-Version") == ["13"]


@pytest.mark.parametrize(
    "upgrade",
    [["h2c"], ["websocket, h2c"], ["h2c", "websocket"], ["websocket", "h2c"], ["TLS/1.0"]],
    ids=" then ".join,
)
def test_no_other_protocol_reaches_the_application(
    site: Site, emulator: StytchEmulator, upgrade: list[str]
) -> None:
    connection = ("Connection", "Upgrade, HTTP2-Settings")
    headers = [*API, connection, *(("Upgrade", value) for value in upgrade)]

    visit = site.get("/account/x", emulator.session(PASSWORD), headers)

    if visit.reached:
        assert visit.upstream_header("Upgrade") in ([], ["websocket"])
    else:
        assert visit.answer.status == 418
