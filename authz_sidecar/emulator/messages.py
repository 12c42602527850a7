"""The messages to users, which nobody sends anywhere."""

from collections import deque
from dataclasses import asdict, dataclass

from authz_sidecar.emulator.wire import Json, rfc3339

MAX_MESSAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a user would have received; times are in seconds since the epoch.

    Attributes:
        channel: `sms`, `whatsapp` or `email`.
        address: a phone number or an e-mail address.
        method_id: the id of that address.
        code: the one-time code, if it carries one.
        token: the token of the magic link, if it carries one.
        link: where the magic link leads, if the caller of the API said where.
    """

    channel: str
    address: str
    user_id: str
    method_id: str
    sent_at: float
    expires_at: float
    code: str | None = None
    token: str | None = None
    link: str | None = None

    def json(self) -> Json:
        """Return the message as the control API shows it, without what it does not carry."""
        times = {"sent_at": rfc3339(self.sent_at), "expires_at": rfc3339(self.expires_at)}
        return {key: value for key, value in (asdict(self) | times).items() if value is not None}


Outbox = deque[Message]


def new_outbox() -> Outbox:
    """Return an empty outbox, which keeps the newest `MAX_MESSAGES`."""
    return deque(maxlen=MAX_MESSAGES)
