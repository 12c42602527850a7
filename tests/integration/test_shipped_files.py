"""The files of `deploy`, as files."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.identity import IDENTITY_HEADERS
from deploy.demo.copies import copy_with_addresses
from deploy.demo.errors import DemoError
from tests.integration.proxies import LAUNCHERS

NGINX, TRAEFIK = LAUNCHERS["nginx"], LAUNCHERS["traefik"]


def nginx_text() -> str:
    return "\n".join(path.read_text() for path in sorted(NGINX.shipped.iterdir()))


def test_nginx_accepts_its_file_as_it_is_shipped(tmp_path: Path) -> None:
    file = NGINX.shipped / "nginx.conf"
    command: list[str | Path] = [NGINX.require(), "-t", "-e", "stderr", "-p", tmp_path, "-c", file]

    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - nginx

    assert result.returncode == 0, result.stderr
    assert "warn" not in result.stderr


def test_nginx_tells_the_application_every_identity_header() -> None:
    text = nginx_text()
    for name in IDENTITY_HEADERS:
        variable = f"${name.lower().removeprefix('x-').replace('-', '_')}"
        source = f"$upstream_http_{name.lower().replace('-', '_')}"
        assert f"auth_request_set {variable} {source};" in text
        assert f"proxy_set_header {name} {variable};" in text


def test_nginx_never_reads_the_host_or_path_that_may_differ_from_what_it_serves() -> None:
    code = re.sub(r"#.*", "", nginx_text())
    assert code.count("$http_host") == 1  # for the port, in a map
    assert not re.search(r"\$uri\b|\$document_uri\b|\$http_x_forwarded|\$http_x_original", code)


def test_traefik_believes_nobodys_forwarded_headers() -> None:
    static = yaml.safe_load((TRAEFIK.shipped / "traefik.yaml").read_text())
    assert "forwardedHeaders" not in static["entryPoints"]["web"]
    dynamic = yaml.safe_load((TRAEFIK.shipped / "dynamic.yaml").read_text())
    forward_auth = dynamic["http"]["middlewares"]["authz"]["forwardAuth"]
    assert forward_auth["trustForwardHeader"] is False


def test_traefik_tells_the_application_every_identity_header() -> None:
    text = (TRAEFIK.shipped / "dynamic.yaml").read_text()
    forward_auth = yaml.safe_load(text)["http"]["middlewares"]["authz"]["forwardAuth"]
    for name in IDENTITY_HEADERS:
        assert re.search(forward_auth["authResponseHeadersRegex"], name)
        assert name in text, "a reader of the file must find it"


def test_traefiks_file_has_no_double_braces_since_it_is_a_template() -> None:
    text = (TRAEFIK.shipped / "dynamic.yaml").read_text()
    assert "{{" not in text
    assert "}}" not in text


def test_both_proxies_clear_the_same_headers() -> None:
    text = (TRAEFIK.shipped / "dynamic.yaml").read_text()
    guard = yaml.safe_load(text)["http"]["middlewares"]["authz-guard"]["headers"]
    cleared = {name for name, value in guard["customRequestHeaders"].items() if value == ""}
    in_nginx = set(
        re.findall(
            r'proxy_set_header (\S+) "";', (NGINX.shipped / "authz-headers.conf").read_text()
        )
    )
    assert cleared <= in_nginx


def test_a_configuration_that_lost_its_documented_address_is_noticed(tmp_path: Path) -> None:
    written = tmp_path / "proxy.conf"
    written.write_text("listen 127.0.0.1:8081;\n")
    with pytest.raises(DemoError, match=r"127\.0\.0\.1:8080 is not once"):
        copy_with_addresses([written], tmp_path, {"127.0.0.1:8080": "127.0.0.1:1"})


def test_every_header_that_a_dialect_reads_is_passed_on() -> None:
    sent = set(re.findall(r"^    proxy_set_header (\S+) \$", nginx_text(), re.MULTILINE))
    config = DialectConfig("stytch_session")
    assert set(DIALECTS["nginx"](config).headers) <= sent
    dynamic = yaml.safe_load((TRAEFIK.shipped / "dynamic.yaml").read_text())
    listed = dynamic["http"]["middlewares"]["authz"]["forwardAuth"]["authRequestHeaders"]
    read = DIALECTS["traefik"](config).headers
    assert {name for name in read if not name.startswith("X-Forwarded-")} == set(listed)
