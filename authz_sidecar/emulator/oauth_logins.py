"""Logins at an OAuth provider that never took place, but whose tokens are good.

Source: https://stytch.com/docs/api-reference/consumer/api/oauth/authenticate
"""

from dataclasses import dataclass, field
from typing import Literal

from authz_sidecar.emulator.bounded import Bounded
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.links import check_pkce
from authz_sidecar.emulator.wire import new_link_token

MAX_LOGINS = 1000
LOGIN_SECONDS = 300

Provider = Literal[
    "amazon",
    "apple",
    "bitbucket",
    "coinbase",
    "discord",
    "facebook",
    "figma",
    "github",
    "gitlab",
    "google",
    "linkedin",
    "microsoft",
    "salesforce",
    "slack",
    "snapchat",
    "spotify",
    "tiktok",
    "twitch",
    "twitter",
    "yahoo",
]


@dataclass(slots=True, kw_only=True)
class OAuthLogin:
    """What a provider said about somebody, waiting to be redeemed by its token.

    Attributes:
        subject: the provider's id for them.
        email: their address, which the provider has verified, if it tells one.
        user_id: whom it is attached to, whatever the address says.
        expires_at: seconds since the epoch.
        code_challenge: of PKCE; without one no verifier is wanted.
    """

    provider: Provider
    subject: str
    email: str | None
    user_id: str | None
    expires_at: float
    code_challenge: str | None
    used: bool = False
    token: str = field(default_factory=new_link_token, repr=False)


class OAuthLogins:
    """The logins to redeem, at most `MAX_LOGINS`."""

    def __init__(self) -> None:
        self._logins: Bounded[OAuthLogin] = Bounded(MAX_LOGINS)

    def add(self, login: OAuthLogin) -> OAuthLogin:
        """Make a token good."""
        self._logins.put(login.token, login)
        return login

    def redeem(self, token: str, code_verifier: str | None, now: float) -> OAuthLogin:
        """Use a token up, and return the login it stands for.

        Args:
            token: as the control API made it.
            code_verifier: of PKCE, if the caller gave one.
            now: seconds since the epoch.

        Raises:
            ApiError: 404 `oauth_token_not_found`, or 400 if PKCE fails.
        """
        login = self._logins.get(token)
        if login is None or login.used or now >= login.expires_at:
            raise ApiError(
                404,
                "oauth_token_not_found",
                "OAuth token could not be found, was used or has expired. The emulator knows no"
                " provider: POST /_emulator/oauth/tokens makes a token.",
            )
        check_pkce(login.code_challenge, code_verifier)
        login.used = True
        return login
