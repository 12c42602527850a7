"""One JSON line per decision: who asked for what, and what was answered and why.

Never a token, a cookie, a query or a header value. What the client chose (method, host, path) is
cut to a length and escaped by JSON, so that it cannot forge a line.
"""

from datetime import UTC, datetime
from typing import BinaryIO

import msgspec

from authz_sidecar.core.observers import DecisionEvent

_MAX_TEXT = 1024


class Line(msgspec.Struct, omit_defaults=True):
    """The fields of a line, in order; what is unknown is left out."""

    time: str
    request_id: str
    dialect: str
    upstream: str
    rule: str
    decision: str
    reason: str
    ms: float
    method: str = ""
    scheme: str = ""
    host: str = ""
    path: str = ""
    user_id: str = ""
    session_id: str = ""
    evidence: str = ""
    detail: str = ""


class DecisionLog:
    """Writes decisions to a stream."""

    def __init__(self, stream: BinaryIO) -> None:
        """Start a log.

        Args:
            stream: where lines go; one write per line, flushed at once.
        """
        self._stream = stream
        self._encoder = msgspec.json.Encoder()

    def decided(self, event: DecisionEvent) -> None:
        """Write one decision."""
        self._stream.write(self._encoder.encode(line_of(event)) + b"\n")
        self._stream.flush()


def line_of(event: DecisionEvent) -> Line:
    """What is logged of a decision."""
    decision, request = event.decision, event.access_request
    line = Line(
        time=datetime.fromtimestamp(event.request.arrived, tz=UTC).isoformat(
            timespec="milliseconds"
        ),
        request_id=event.request.request_id,
        dialect=event.dialect,
        upstream=decision.upstream,
        rule=decision.rule,
        decision=decision.outcome.value,
        reason=decision.reason.value,
        ms=round(event.seconds * 1000, 3),
        detail=decision.detail,
    )
    if request is not None:
        line.method = request.method
        line.scheme = request.scheme
        line.host = request.host
        line.path = _plain(request.target.partition("?")[0])
    if decision.evidence is not None:
        line.user_id = _plain(decision.evidence.session.user_id)
        line.session_id = _plain(decision.evidence.session.session_id)
        line.evidence = decision.evidence.source.value
    return line


def _plain(text: str) -> str:
    """Text that UTF-8 can carry, cut to a length."""
    return text[:_MAX_TEXT].encode("utf-8", "backslashreplace").decode("utf-8")
