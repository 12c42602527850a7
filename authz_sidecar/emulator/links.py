"""Magic links: tokens that work once, for a while.

Source: https://stytch.com/docs/api-reference/consumer/api/magic-links/authenticate
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from authz_sidecar.emulator.bounded import Bounded
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.wire import new_id, new_link_token

MAX_LINKS = 10_000


@dataclass(slots=True, kw_only=True)
class Link:
    """One magic link.

    Attributes:
        email_id: the address it was sent to; none for an embeddable one, which the project
            delivers itself.
        expires_at: seconds since the epoch.
        code_challenge: of PKCE; without one no verifier is wanted.
        invites: sent by an invitation.
    """

    user_id: str
    email_id: str | None
    expires_at: float
    code_challenge: str | None = None
    invites: bool = False
    used: bool = False
    token: str = field(default_factory=new_link_token, repr=False)
    link_id: str = field(default_factory=lambda: new_id("magic-link"))

    def redeem(self, code_verifier: str | None, now: float) -> None:
        """Use the link up, or refuse it.

        Args:
            code_verifier: of PKCE, if the caller gave one.
            now: seconds since the epoch.

        Raises:
            ApiError: 401 `unable_to_auth_magic_link`, or 400 if PKCE fails.
        """
        if self.used or now >= self.expires_at:
            raise unable_to_auth_magic_link()
        check_pkce(self.code_challenge, code_verifier)
        self.used = True


class Links:
    """The magic links in force, at most `MAX_LINKS`."""

    def __init__(self) -> None:
        self._links: Bounded[Link] = Bounded(MAX_LINKS)

    def add(self, link: Link) -> Link:
        """Put a link in force."""
        self._links.put(link.token, link)
        return link

    def get(self, token: str) -> Link:
        """Return the link of a token.

        Raises:
            ApiError: 404 `magic_link_not_found`.
        """
        link = self._links.get(token)
        if link is None:
            raise ApiError(404, "magic_link_not_found", "The magic link could not be found.")
        return link

    def revoke_invites(self, user_id: str) -> None:
        """Forget the links that invited a user."""
        self._links.forget(lambda link: link.invites and link.user_id == user_id)

    def forget_user(self, user_id: str) -> None:
        """Forget every link of a user."""
        self._links.forget(lambda link: link.user_id == user_id)


def check_pkce(challenge: str | None, verifier: str | None) -> None:
    """Check that who redeems a token is who asked for it (RFC 7636, S256).

    Raises:
        ApiError: 400 `pkce_expected_code_verifier`, `pkce_did_not_expect_code_verifier` or
            `pkce_mismatch`.
    """
    if challenge is None and verifier is None:
        return
    if verifier is None:
        raise ApiError(400, "pkce_expected_code_verifier", "code_verifier is needed.")
    if challenge is None:
        raise ApiError(
            400, "pkce_did_not_expect_code_verifier", "There was no code_challenge to verify."
        )
    made = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if made != challenge:
        raise ApiError(400, "pkce_mismatch", "code_verifier does not fit the code_challenge.")


def unable_to_auth_magic_link() -> ApiError:
    """Return the refusal of a link that was used or has expired."""
    return ApiError(
        401, "unable_to_auth_magic_link", "The magic link was already used or has expired."
    )
