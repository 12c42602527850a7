"""docs/headers.md: what each dialect reads of a request, and what an allow tells."""

from authz_sidecar.dialects import DIALECTS
from authz_sidecar.dialects.base import DialectConfig
from authz_sidecar.dialects.identity import IDENTITY_HEADERS, PRESETS
from docs.generate.markdown import NOTE, table


def page() -> str:
    """The page."""
    config = DialectConfig("stytch_session")
    made = [make(config) for make in DIALECTS.values()]
    names = dict.fromkeys(name for dialect in made for name in dialect.headers)
    rows = [
        (f"`{name}`", *("read" if name in dialect.headers else "" for dialect in made))
        for name in names
    ]
    told = [(f"`{name}`", "always") for name in IDENTITY_HEADERS] + [
        (f"`{name}`", f"preset `{preset}`, repeats `{ours}`")
        for preset, repeated in PRESETS.items()
        for name, ours in repeated.items()
    ]
    return f"""# Headers

{NOTE}
## Read of a request

Any other header changes nothing but the log's `request_id`, which is the proxy's `X-Request-ID`.
`client_ip.header` of the settings is read besides, where it is configured. The `X-Forwarded-*`
must each be there exactly once.

{table(("header", *(dialect.name for dialect in made)), rows)}
## Written on an allow

Each is on every allow, empty where nothing is known, so that a copy forged by the client is always
replaced. Values are printable ASCII; `%`, `,` and everything else are percent-encoded, and lists
are joined by commas.

{table(("header", "when"), told)}"""
