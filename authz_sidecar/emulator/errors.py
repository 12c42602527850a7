"""How Stytch says no: one error type, written as Stytch's error JSON.

Source: https://stytch.com/docs/api-reference/consumer/api/errors/overview
"""

from authz_sidecar.emulator.wire import Json, new_id


class ApiError(Exception):
    """A refusal as Stytch writes it.

    Args:
        status: HTTP status, also repeated in the body.
        error_type: Stytch's machine-readable reason, which clients decide by.
        message: one sentence for the developer.
    """

    def __init__(self, status: int, error_type: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.message = message

    def body(self) -> Json:
        """Return the five keys of Stytch's error JSON, under a new request id."""
        return {
            "status_code": self.status,
            "request_id": new_id("request-id"),
            "error_type": self.error_type,
            "error_message": self.message,
            "error_url": f"https://stytch.com/docs/api/errors/{self.status}",
        }


def bad_request(message: str) -> ApiError:
    """Return the refusal of a body that cannot be read; the message names the field."""
    return ApiError(400, "bad_request", message)


def session_not_found() -> ApiError:
    """Return what Stytch says of a session that is unknown, expired or revoked alike."""
    return ApiError(404, "session_not_found", "Session could not be found.")


def user_not_found() -> ApiError:
    """Return what Stytch says of a user id it does not know."""
    return ApiError(404, "user_not_found", "User could not be found.")
