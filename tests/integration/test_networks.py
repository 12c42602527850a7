"""Where the client is, as the proxy sees it and not as the client says."""

from tests.integration.site import API, Site
from tests.integration.stytch_emulator import PASSWORD, StytchEmulator

HOST = "net.test"
CLAIMED = [*API, ("X-Forwarded-For", "192.0.2.7"), ("X-Real-IP", "192.0.2.7")]


def test_a_rule_on_networks_selects_by_the_address_that_the_proxy_sees(site: Site) -> None:
    site.request("GET", "/inside", host=HOST).assert_allowed("public")
    site.request("GET", "/inside", headers=CLAIMED, host=HOST).assert_allowed("public")


def test_a_required_network_is_judged_by_the_address_that_the_proxy_sees(
    site: Site, emulator: StytchEmulator
) -> None:
    token = emulator.session(PASSWORD)
    site.request("GET", "/here", token, CLAIMED, host=HOST).assert_allowed()
    elsewhere = site.request("GET", "/elsewhere", token, CLAIMED, host=HOST)
    elsewhere.assert_refused(403, "network_mismatch")
