"""The error type decides, not the status."""

import pytest

from authz_sidecar.core.observers import CallResult
from authz_sidecar.sessions.stytch_errors import error_type_of, meaning_of


@pytest.mark.parametrize(
    ("status", "error_type", "meaning"),
    [
        (404, "session_not_found", CallResult.DEAD_SESSION),
        (400, "invalid_session_token", CallResult.DEAD_SESSION),
        (404, "route_not_found", CallResult.MISCONFIGURED),
        (401, "unauthorized_credentials", CallResult.MISCONFIGURED),
        (401, "invalid_secret_authentication", CallResult.MISCONFIGURED),
        (400, "invalid_project_id_authentication", CallResult.MISCONFIGURED),
        (403, "organization_suspended", CallResult.MISCONFIGURED),
        (429, "too_many_requests", CallResult.RATE_LIMITED),
        (429, "", CallResult.RATE_LIMITED),
        (500, "internal_server_error", CallResult.SERVER_ERROR),
        (503, "", CallResult.SERVER_ERROR),
        (404, "", CallResult.BAD_ANSWER),
        (401, "", CallResult.BAD_ANSWER),
        (404, "user_not_found", CallResult.BAD_ANSWER),
    ],
)
def test_an_error_means(status: int, error_type: str, meaning: CallResult) -> None:
    assert meaning_of(status, error_type) is meaning


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error_type": "session_not_found"}, "session_not_found"),
        ({"error_type": 404}, ""),
        ({"error_type": None}, ""),
        ({"error_type": "a\nINFO forged"}, ""),
        ({"error_type": "x" * 65}, ""),
        ({}, ""),
    ],
)
def test_the_error_type_is_read_from_the_body(body: dict[str, object], expected: str) -> None:
    assert error_type_of(body) == expected
