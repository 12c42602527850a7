"""What an endpoint is: a method, a path, a name, and a plain function from a call to JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from authz_sidecar.emulator.errors import ApiError, bad_request
from authz_sidecar.emulator.state import Emulator
from authz_sidecar.emulator.wire import Json

BodyT = TypeVar("BodyT")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as a handler sees it.

    Attributes:
        raw: the body, unread.
        path: the variable parts of the path by name.
        query: the query; the SDK repeats body and path values there, which nobody reads.
    """

    raw: bytes
    path: Mapping[str, str]
    query: Mapping[str, str]

    def body(self, kind: type[BodyT]) -> BodyT:
        """Return the JSON body as a msgspec Struct.

        Raises:
            ApiError: 400 `bad_request`, naming the field that is missing or of a wrong type.
        """
        try:
            return msgspec.json.decode(self.raw or b"{}", type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise bad_request(f"The request body is not as expected: {error}") from error


Handler = Callable[[Emulator, Call], Json]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One route.

    Attributes:
        name: how faults and counters call it, after the SDK's method, as `otps.sms.send`.
        method: the HTTP method.
        path: the path in aiohttp's notation.
        handler: answers the call; a refusal is raised as `ApiError`.
        public: needs no project credentials.
    """

    name: str
    method: str
    path: str
    handler: Handler
    public: bool = False


def too_many(error_type: str, *names: str) -> ApiError:
    """Return the refusal of a call that gave several of the fields that exclude each other."""
    return ApiError(400, error_type, f"Only one of {', '.join(names)} may be given.")


def none_of(error_type: str, *names: str) -> ApiError:
    """Return the refusal of a call that gave none of the fields of which it needs one."""
    return ApiError(400, error_type, f"One of {', '.join(names)} is needed.")
