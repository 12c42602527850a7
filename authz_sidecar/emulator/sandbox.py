"""Stytch's sandbox values: addresses, codes and tokens whose answer is known beforehand.

The tokens whose answer is a 404 need no code: nobody ever gets them.

Source: https://stytch.com/docs/resources/platform/sandbox-values
"""

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import password_factor
from authz_sidecar.emulator.links import Link
from authz_sidecar.emulator.sessions import Session, Sessions
from authz_sidecar.emulator.totp import Totp
from authz_sidecar.emulator.user import Email, Phone, User

EMAIL = "sandbox@stytch.com"
PHONE_NUMBER = "+10000000000"
CODE = "000000"
SESSION_TOKEN = "WJtR5BCy38Szd5AfoDpf0iqFKEt4EE5JhjlWUY7l3FtY"  # noqa: S105 - published by Stytch
LINK_TOKEN = "DOYoip3rvIMMW5lgItikFK-Ak1CfMsgjuiCyI7uuU94="  # noqa: S105 - the same
USED_LINK_TOKEN = "3pzjQpgksDlGKWEwUq2Up--hCHC_0oamfLHyfspKDFU="  # noqa: S105 - the same
RECOVERY_CODE = "a1b2-c3d4-e5f6"
USER_ID = "user-test-00000000-0000-4000-8000-000000000001"
EMAIL_ID = "email-test-00000000-0000-4000-8000-000000000002"
PHONE_ID = "phone-number-test-00000000-0000-4000-8000-000000000003"
SESSION_ID = "session-test-00000000-0000-4000-8000-000000000004"
TOTP_ID = "totp-test-00000000-0000-4000-8000-000000000005"
RECOVERY_CODE_ID = "totp-recovery-code-test-00000000-0000-4000-8000-000000000006"
METHOD_IDS = frozenset({EMAIL_ID, PHONE_ID, TOTP_ID})
_SESSION_SECONDS = 366 * 24 * 3600


def user(now: float) -> User:
    """Return the sandbox user, whose addresses and TOTP are verified and who has no password."""
    return User(
        user_id=USER_ID,
        created_at=now,
        emails=[Email(EMAIL, verified=True, email_id=EMAIL_ID)],
        phones=[Phone(PHONE_NUMBER, verified=True, phone_id=PHONE_ID)],
        totp=Totp(
            expires_at=now,
            totp_id=TOTP_ID,
            verified=True,
            recovery_codes={RECOVERY_CODE_ID: RECOVERY_CODE},
        ),
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


def link(now: float) -> Link:
    """Return the sandbox magic link, as new as ever."""
    return Link(user_id=USER_ID, email_id=EMAIL_ID, expires_at=now + 1, token=LINK_TOKEN)


def accepts(method_id: str, code: str) -> bool:
    """Tell whether a code needs no sending and no app: the sandbox code of a sandbox method."""
    return method_id in METHOD_IDS and code == CODE


def recovers(totp_id: str, code: str) -> bool:
    """Tell whether this is the sandbox recovery code, which is never used up."""
    return totp_id == TOTP_ID and code == RECOVERY_CODE
