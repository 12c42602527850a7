"""Reading an upstream's origin: what the way back begins with."""

from urllib.parse import urlsplit

from authz_sidecar.located_yaml import read_url, shown


def read_origin(text: str) -> str:
    """A scheme, a host and maybe a port, and nothing else.

    Args:
        text: as written in the policy.

    Raises:
        ValueError: says what to write instead.
    """
    parts = urlsplit(read_url(text))
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    if text != origin:
        what = "no origin, which is scheme, host and port in lower case"
        raise ValueError(f"{shown(text)} is {what}; write {shown(origin)}")
    return text
