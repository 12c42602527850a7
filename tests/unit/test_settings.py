"""Settings: the file, the environment and the secret -> frozen settings, or every problem."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

import pytest

from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.fresh_jwt import FreshJwtCookie
from authz_sidecar.dialects.identity import IdentityHeaders
from authz_sidecar.settings import (
    Listen,
    SessionSettings,
    Settings,
    StytchSettings,
    TcpAddress,
    UnixAddress,
    load_settings,
    read_listen,
)

SHIPPED = Path(__file__).parents[2] / "config" / "sidecar.yaml"
ENVIRONMENT = {"STYTCH_PROJECT_ID": "project-test-1", "STYTCH_SECRET": "secret-test-1"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sidecar.yaml"


def good(file: Path, text: str = "", environ: Mapping[str, str] = ENVIRONMENT) -> Settings:
    """The settings of a file without problems; `text` comes after the version."""
    file.write_text(f"version: 1\n{text}\n", "utf-8")
    settings = load_settings(file, environ)
    assert isinstance(settings, Settings), settings
    return settings


def problems(file: Path, text: str, environ: Mapping[str, str] = ENVIRONMENT) -> list[str]:
    """What is wrong with a file, without the directory of it."""
    file.write_text(f"version: 1\n{text}\n", "utf-8")
    found = load_settings(file, environ)
    assert isinstance(found, list)
    return [str(problem).removeprefix(f"{file.parent}/") for problem in found]


def test_the_shipped_file_says_every_default(file: Path) -> None:
    shipped = load_settings(SHIPPED, ENVIRONMENT)
    assert shipped == Settings(
        policy=SHIPPED.parent / "policy.yaml",
        listen=TcpAddress("127.0.0.1", 9000),
        admin_listen=TcpAddress("127.0.0.1", 9001),
        trusted_proxies=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
        dialects=("nginx", "traefik"),
        default_dialect="nginx",
        deadline=1.0,
        shutdown_timeout=10.0,
        client_ip=None,
        identity_headers=IdentityHeaders(),
        stytch=StytchSettings("project-test-1", "secret-test-1", None, 5.0),
        session=SessionSettings("stytch_session", "stytch_session_jwt", None, 10_000),
    )
    defaults = good(file)
    assert defaults.policy == file.parent / "policy.yaml"
    assert [getattr(defaults, name) for name in defaults.__slots__ if name != "policy"] == [
        getattr(shipped, name) for name in defaults.__slots__ if name != "policy"
    ]


def test_every_option_can_be_set(file: Path) -> None:
    (file.parent / "secret").write_text("s3cret\n", "utf-8")
    settings = good(
        file,
        "policy: /etc/authz/policy.yaml\n"
        "listen: unix:/run/authz/decisions.sock\n"
        "admin_listen: '[::1]:0'\n"
        "trusted_proxies: [10.0.0.7]\n"
        "dialects: [traefik]\n"
        "default_dialect: traefik\n"
        "deadline: 600ms\n"
        "shutdown_timeout: 10m\n"
        "client_ip: {header: X-Forwarded-For, trusted_hops: [10.0.0.0/8, 192.0.2.7]}\n"
        "identity_headers:\n"
        "  presets: [authelia, oauth2_proxy]\n"
        "  claims: {X-Authz-Plan: plan, X-Tier: no}\n"
        "stytch:\n"
        "  project_id: p\n"
        "  secret_file: secret\n"
        "  base_url: http://127.0.0.1:4010\n"
        "  timeout: 2s\n"
        "session:\n"
        "  {cookie: sid, jwt_cookie: jwt, cache_entries: 1,\n"
        "   renew_jwt: {domain: .example.com, path: /app}}\n",
        {},
    )
    assert settings == Settings(
        policy=Path("/etc/authz/policy.yaml"),
        listen=UnixAddress("/run/authz/decisions.sock"),
        admin_listen=TcpAddress("::1", 0),
        trusted_proxies=(ip_network("10.0.0.7/32"),),
        dialects=("traefik",),
        default_dialect="traefik",
        deadline=0.6,
        shutdown_timeout=600.0,
        client_ip=ClientIpSource(
            "X-Forwarded-For", (ip_network("10.0.0.0/8"), ip_network("192.0.2.7/32"))
        ),
        identity_headers=IdentityHeaders(
            ("authelia", "oauth2_proxy"), (("X-Authz-Plan", "plan"), ("X-Tier", "no"))
        ),
        stytch=StytchSettings("p", "s3cret", "http://127.0.0.1:4010", 2.0),
        session=SessionSettings("sid", "jwt", FreshJwtCookie("jwt", "/app", "example.com"), 1),
    )


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9000", TcpAddress("127.0.0.1", 9000)),
        ("0.0.0.0:0", TcpAddress("0.0.0.0", 0)),  # noqa: S104 - only parsed
        ("localhost:65535", TcpAddress("localhost", 65535)),
        ("[::1]:9000", TcpAddress("::1", 9000)),
        ("unix:/run/authz.sock", UnixAddress("/run/authz.sock")),
        (f"unix:/{'x' * 106}", UnixAddress(f"/{'x' * 106}")),
    ],
)
def test_an_address_is_printed_as_it_is_written(text: str, address: Listen) -> None:
    assert read_listen(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["9000", ":9000", "127.0.0.1", "127.0.0.1:65536", "::1:9000", "http://localhost:80", ""]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no address to listen on; write for example"):
        read_listen(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[::g]:9000", "is no address to listen on"),
        ("[1.2.3.4]:9000", "has no host name or IP address before its port"),
        ("a..b:9000", "has no host name or IP address before its port"),
        ("127.1:9000", "has no host name or IP address before its port"),
        ("unix:", "has no absolute path; write `unix:/path/to/socket`"),
        ("unix:run/authz.sock", "has no absolute path"),
        ("unix:/run/a\x00b", "has no absolute path"),
        (f"unix:/{'x' * 107}", "is longer than the 107 bytes it may be"),
    ],
)
def test_a_listener_nobody_could_open_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_listen(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("dialects: []", "2:11: dialects: write each dialect once, and at least one"),
        ("dialects: [nginx, nginx]", "2:11: dialects: write each dialect once, and at least one"),
        (
            "dialects: [nginxy]",
            "2:12: dialects[0]: the dialect `nginxy` is unknown; did you mean `nginx`?",
        ),
        (
            "dialects: [traefik]",
            "1:1: the default dialect `nginx` is not among `dialects`; choose one that is",
        ),
        (
            "dialects: [nginx]\ndefault_dialect: traefik",
            (
                "3:18: default_dialect: the default dialect `traefik` is not among `dialects`;"
                " choose one that is"
            ),
        ),
        (
            "listen: 127.0.0.1:9001",
            "1:1: `admin_listen` is the same as `listen`; metrics need an address of their own",
        ),
        (
            "trusted_proxies: [0.0.0.0/0]",
            "2:18: trusted_proxies: this trusts everybody; list only the addresses of your proxies",
        ),
        (
            "trusted_proxies: [0.0.0.0/1, 10.0.0.0/8, 128.0.0.0/1]",
            "2:18: trusted_proxies: this trusts everybody; list only the addresses of your proxies",
        ),
        (
            "trusted_proxies: ['::/1', '8000::/2', 'c000::/2']",
            "2:18: trusted_proxies: this trusts everybody; list only the addresses of your proxies",
        ),
        ("deadline: 0s", "2:11: deadline: write more than 0s and at most 30s"),
        ("deadline: 31s", "2:11: deadline: write more than 0s and at most 30s"),
        ("deadline: 1", "2:11: deadline: `1` is no duration; write `1s`"),
        ("shutdown_timeout: 11m", "2:19: shutdown_timeout: write more than 0s and at most 600s"),
        (
            "session: {jwt_cookie: __Host-jwt, renew_jwt: {domain: example.com}}",
            (
                "2:46: session.renew_jwt: browsers take a cookie of this name for `/` and the host"
                " alone; remove it"
            ),
        ),
        (
            "stytch: {base_url: 'https://example.com/v1'}",
            (
                "2:20: stytch.base_url: Stytch's SDK takes a scheme, a host and a port; remove what"
                " follows them"
            ),
        ),
        (
            "session: {jwt_cookie: stytch_session}",
            "2:23: session.jwt_cookie: the other cookie has this name, too; choose another",
        ),
        (
            "session: {renew_jwt: {domain: A.b}}",
            "2:31: session.renew_jwt.domain: `A.b` is no domain; write a host in lower case",
        ),
        (
            "session: {renew_jwt: {path: '/;x'}}",
            "2:29: session.renew_jwt.path: `/;x` is no path of a cookie; write for example `/`",
        ),
        (
            "session: {cookie: 'a b'}",
            "2:19: session.cookie: `a b` is no name of a cookie; use letters, digits, `_` and `-`",
        ),
        (
            "session: {cache_entries: 0}",
            "2:26: session.cache_entries: write a number from 1 to 1000000",
        ),
        (
            "session: {cache_entries: 1000001}",
            "2:26: session.cache_entries: write a number from 1 to 1000000",
        ),
        (
            "stytch: {secret: s3cret}",
            "2:10: stytch.secret: unknown key; did you mean `secret_file`?",
        ),
        (
            "stytch: {project_id: p}",
            "2:22: stytch.project_id: STYTCH_PROJECT_ID has another project id; remove one of them",
        ),
        (
            "stytch: {secret_file: f}",
            "2:23: stytch.secret_file: STYTCH_SECRET has a secret, too; remove one of them",
        ),
    ],
)
def test_a_setting_that_cannot_work_is_refused(file: Path, text: str, problem: str) -> None:
    assert problems(file, text) == [f"sidecar.yaml:{problem}"]


def test_a_client_address_needs_no_hops(file: Path) -> None:
    assert good(file, "client_ip: {header: X-Real-IP}").client_ip == ClientIpSource("X-Real-IP")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("X-Forwarded-Host", "`X-Forwarded-Host` has another meaning to the sidecar; write for"),
        ("cookie", "`cookie` has another meaning to the sidecar"),
        ("X-Authz-User", "`X-Authz-User` has another meaning to the sidecar"),
        ("Forwarded", "the syntax of `Forwarded` (RFC 7239) is not read; write for example"),
        ("X Real IP", "`X Real IP` is no name of a header; use letters, digits and `-`"),
        ("X_Real_IP", "`X_Real_IP` is no name of a header"),
        ("X.Real.IP", "`X.Real.IP` is no name of a header"),
        ("X-", "`X-` is no name of a header"),
        ("''", "`` is no name of a header"),
    ],
)
def test_a_header_that_tells_no_address_is_refused(file: Path, name: str, message: str) -> None:
    (problem,) = problems(file, f"client_ip: {{header: {name}}}")
    assert problem.startswith(f"sidecar.yaml:2:21: client_ip.header: {message}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("client_ip: {}", "2:12: client_ip: the key `header` is missing"),
        (
            "client_ip: {header: X-Real-IP, trusted_hops: [0.0.0.0/0]}",
            (
                "2:46: client_ip.trusted_hops: this passes over every address;"
                " list only the addresses of your proxies"
            ),
        ),
        (
            "identity_headers: {presets: [authelia, authelia]}",
            "2:29: identity_headers.presets: write each preset once",
        ),
        (
            "identity_headers: {presets: [authelias]}",
            (
                "2:30: identity_headers.presets[0]: the preset `authelias` is unknown;"
                " did you mean `authelia`?"
            ),
        ),
        (
            "identity_headers: {presets: [authelia], claims: {remote-user: name}}",
            (
                "2:50: identity_headers.claims.remote-user: the header `remote-user` is there"
                " twice: the preset `authelia` has it; remove one"
            ),
        ),
        (
            "identity_headers: {claims: {X-Plan: plan, x-plan: plan}}",
            (
                "2:43: identity_headers.claims.x-plan: the header `x-plan` is there twice:"
                " its name is written twice, and case does not matter; remove one"
            ),
        ),
        (
            "identity_headers: {claims: {X-Plan: }}",
            (
                "2:29: identity_headers.claims.X-Plan: there is no value;"
                " write one or remove the key"
            ),
        ),
    ],
)
def test_who_it_is_and_from_where_is_told_in_one_way(file: Path, text: str, problem: str) -> None:
    assert problems(file, text) == [f"sidecar.yaml:{problem}"]


def test_a_preset_that_is_not_chosen_leaves_its_headers_free(file: Path) -> None:
    settings = good(file, "identity_headers: {presets: [], claims: {Remote-User: name}}")
    assert settings.identity_headers == IdentityHeaders((), (("Remote-User", "name"),))


@pytest.mark.parametrize(
    "name",
    [
        "X-Authz-User",
        "x-authz-valid-until",
        "X-Authz-Decision",
        "X-Authz-Reason",
        "X-Authz-Redirect",
        "X-Authz-Authenticate-Url",
    ],
)
def test_a_claim_takes_no_header_of_ours(file: Path, name: str) -> None:
    (problem,) = problems(file, f"identity_headers: {{claims: {{{name}: plan}}}}")
    assert "is a header of the sidecar's own; choose another name" in problem


@pytest.mark.parametrize(
    "name",
    [
        "Location",
        "Set-Cookie",
        "Cookie",
        "Content-Length",
        "content-type",
        "Cache-Control",
        "Connection",
        "Transfer-Encoding",
        "WWW-Authenticate",
        "Host",
        "Authorization",
        "Access-Control-Allow-Origin",
        "X-Accel-Redirect",
        "X-Forwarded-For",
        "X-Original-URL",
        "Proxy-Authenticate",
        "Sec-Fetch-Mode",
    ],
)
def test_a_claim_takes_no_header_that_a_proxy_acts_on(file: Path, name: str) -> None:
    (problem,) = problems(file, f"identity_headers: {{claims: {{{name}: plan}}}}")
    assert problem == (
        f"sidecar.yaml:2:29: identity_headers.claims.{name}: `{name}` means something to proxies;"
        " choose a name of your own, such as `X-Authz-Plan`"
    )


@pytest.mark.parametrize("name", ["X_Plan", "X.Plan", "'X Plan'", "'X-Plan:'", "-X", "X--Plan"])
def test_a_header_has_one_spelling_to_all_proxies(file: Path, name: str) -> None:
    (problem,) = problems(file, f"identity_headers: {{claims: {{{name}: plan}}}}")
    assert "is no name of a header; use letters, digits and `-`" in problem


@pytest.mark.parametrize(
    "url",
    [
        "https://stytch.example.com",
        "http://127.0.0.1:4010",
        "http://127.8.0.1",
        "http://localhost:4010/",
        "http://[::1]:4010",
    ],
)
def test_https_and_loopback_keep_the_secret(file: Path, url: str) -> None:
    assert good(file, f"stytch: {{base_url: '{url}'}}").stytch.base_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://test.stytch.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://[::ffff:127.0.0.1]",
    ],
)
def test_plain_http_over_a_network_is_refused(file: Path, url: str) -> None:
    assert problems(file, f"stytch: {{base_url: '{url}'}}") == [
        (
            "sidecar.yaml:2:20: stytch.base_url: only https keeps the secret;"
            " write https://, or http:// on a loopback address"
        )
    ]


def test_two_free_ports_are_two_addresses(file: Path) -> None:
    settings = good(file, "listen: 127.0.0.1:0\nadmin_listen: 127.0.0.1:0")
    assert settings.listen == settings.admin_listen


def test_nobody_but_unix_sockets_may_be_trusted(file: Path) -> None:
    assert good(file, "trusted_proxies: []").trusted_proxies == ()


def test_the_same_project_id_twice_is_no_contradiction(file: Path) -> None:
    settings = good(file, "stytch: {project_id: project-test-1}")
    assert settings.stytch.project_id == "project-test-1"


def test_all_problems_of_meaning_are_told_at_once(file: Path) -> None:
    environ = {"STYTCH_PROJECT_ID": "", "STYTCH_SECRET": ""}
    assert problems(file, "dialects: []\nstytch: {timeout: 1s}", environ) == [
        "sidecar.yaml:2:11: dialects: write each dialect once, and at least one",
        (
            "sidecar.yaml:3:9: stytch: no project id; set STYTCH_PROJECT_ID,"
            " or write `stytch.project_id`"
        ),
        "sidecar.yaml:3:9: stytch: no secret; set STYTCH_SECRET, or write `stytch.secret_file`",
    ]


@pytest.mark.parametrize("project_id", ["project test", "project\n", "projéct"])
def test_a_project_id_with_a_slip_is_refused(file: Path, project_id: str) -> None:
    found = problems(file, "", {**ENVIRONMENT, "STYTCH_PROJECT_ID": project_id})
    assert len(found) == 1
    assert "has a space or a character out of place" in found[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "`secret` cannot be read: No such file or directory"),
        (b"", "`secret` is empty; write the secret into it"),
        (b"\r\n\n", "`secret` is empty; write the secret into it"),
        (b"\xff", "`secret` is not text in UTF-8"),
        (
            b"hunter2\nhunter3\n",
            "the secret in `secret` has a space, a line break or a character out of place",
        ),
        (
            b" hunter2",
            "the secret in `secret` has a space, a line break or a character out of place",
        ),
    ],
)
def test_a_file_without_a_secret_is_one_problem(
    file: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (file.parent / "secret").write_bytes(content)
    environ = {"STYTCH_PROJECT_ID": "p"}
    assert problems(file, "stytch: {secret_file: secret}", environ) == [
        f"sidecar.yaml:2:23: stytch.secret_file: {message}"
    ]


def test_the_secret_is_in_no_repr_and_in_no_problem(file: Path) -> None:
    assert "secret-test-1" not in repr(good(file))
    found = problems(file, "", {**ENVIRONMENT, "STYTCH_SECRET": "hunter2 hunter3"})
    assert found == [
        (
            "sidecar.yaml:1:1: the secret in STYTCH_SECRET has a space, a line break or a character"
            " out of place"
        )
    ]


def test_a_file_that_cannot_be_read_is_one_problem(file: Path) -> None:
    found = load_settings(file, ENVIRONMENT)
    assert isinstance(found, list)
    assert list(map(str, found)) == [f"{file}:1:1: cannot be read: No such file or directory"]


@pytest.mark.parametrize("text", ["listen: [", "listen: 9000"])
def test_yaml_and_schema_problems_come_before_all_others(file: Path, text: str) -> None:
    assert len(problems(file, text, {})) == 1
