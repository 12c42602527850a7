"""Stytch's sandbox values: addresses, codes and tokens whose answer is known beforehand.

The session token whose answer is a 404 needs no code: nobody ever gets that token.

Source: https://stytch.com/docs/resources/platform/sandbox-values
"""

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import password_factor
from authz_sidecar.emulator.sessions import Session, Sessions
from authz_sidecar.emulator.users import Email, Phone, User

EMAIL = "sandbox@stytch.com"
PHONE_NUMBER = "+10000000000"
CODE = "000000"
SESSION_TOKEN = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"  # noqa: S105 - published by Stytch
USER_ID = "user-test-00000000-0000-4000-8000-000000000001"
EMAIL_ID = "email-test-00000000-0000-4000-8000-000000000002"
PHONE_ID = "phone-number-test-00000000-0000-4000-8000-000000000003"
SESSION_ID = "session-test-00000000-0000-4000-8000-000000000004"
_SESSION_SECONDS = 366 * 24 * 3600


def user(now: float) -> User:
    """Return the sandbox user, whose addresses are verified and who has no password."""
    return User(
        user_id=USER_ID,
        created_at=now,
        emails=[Email(EMAIL, verified=True, email_id=EMAIL_ID)],
        phones=[Phone(PHONE_NUMBER, verified=True, phone_id=PHONE_ID)],
    )


def session(sessions: Sessions, now: float) -> Session:
    """Return the sandbox session, which comes back to life whatever was done to it."""
    try:
        return sessions.with_token(SESSION_TOKEN, now)
    except ApiError:
        return sessions.add(
            Session(
                session_id=SESSION_ID,
                token=SESSION_TOKEN,
                user_id=USER_ID,
                factors=[password_factor(now)],
                started_at=now,
                expires_at=now + _SESSION_SECONDS,
                last_accessed_at=now,
            ),
        )


def accepts(method_id: str, code: str) -> bool:
    """Tell whether a one-time code needs no sending: the sandbox code for a sandbox address."""
    return method_id in {EMAIL_ID, PHONE_ID} and code == CODE
