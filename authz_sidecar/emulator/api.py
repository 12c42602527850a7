"""Every endpoint of Stytch's API that is emulated."""

from authz_sidecar.emulator import (
    magic_links,
    oauth,
    otps,
    password_changes,
    passwords,
    session_endpoints,
    totp_endpoints,
    user_deletions,
    user_endpoints,
    webauthn,
)

ENDPOINTS = (
    *passwords.ENDPOINTS,
    *password_changes.ENDPOINTS,
    *otps.ENDPOINTS,
    *magic_links.ENDPOINTS,
    *totp_endpoints.ENDPOINTS,
    *webauthn.ENDPOINTS,
    *oauth.ENDPOINTS,
    *session_endpoints.ENDPOINTS,
    *user_endpoints.ENDPOINTS,
    *user_deletions.ENDPOINTS,
)
