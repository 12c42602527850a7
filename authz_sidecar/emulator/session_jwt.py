"""Session JWTs: signed with RS256 by keys of the emulator's own, good for five minutes.

Source: https://stytch.com/docs/api-reference/consumer/api/sessions/get-jwks
"""

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.sessions import Session
from authz_sidecar.emulator.shapes import session_claim
from authz_sidecar.emulator.user import User
from authz_sidecar.emulator.wire import Json, new_id

JWT_SECONDS = 300
SESSION_CLAIM = "https://stytch.com/session"
_KEY_BITS = 2048
_PUBLISHED_KEYS = 3
_ALGORITHM = "RS256"


class SessionJwts:
    """Signs and reads the session JWTs of one project.

    Args:
        project_id: the audience, and part of the issuer.

    Attributes:
        issuer: instead of Stytch's usual one, as with a custom domain.
        custom_audience: one more audience, as a claim template adds.
    """

    def __init__(self, project_id: str) -> None:
        self._project_id = project_id
        self._keys = [new_key()]
        self.issuer: str | None = None
        self.custom_audience: str | None = None

    def rotate(self, *, keep_old: bool) -> str:
        """Sign with a new key from now on.

        Args:
            keep_old: go on publishing the keys before it, as Stytch does for a month.

        Returns:
            The new key's id.
        """
        old = self._keys if keep_old else []
        self._keys = [new_key(), *old][:_PUBLISHED_KEYS]
        return str(self._keys[0].kid)

    def jwks(self) -> list[Json]:
        """Return the public keys, newest first, each with the nine fields the SDK insists on."""
        return [
            {
                "kty": "RSA",
                "use": "sig",
                "key_ops": ["verify"],
                "alg": _ALGORITHM,
                "kid": key.kid,
                "x5c": [],
                "x5tS256": "",
                "n": key.as_dict(private=False)["n"],
                "e": key.as_dict(private=False)["e"],
            }
            for key in self._keys
        ]

    def sign(self, session: Session, user: User, now: float) -> str:
        """Return a new JWT for a session as it is at `now`, in seconds since the epoch."""
        issued_at = int(now)
        key = self._keys[0]
        claims = dict(session.custom_claims) | {
            "aud": [self._project_id, *([self.custom_audience] if self.custom_audience else [])],
            "iss": self.issuer or f"stytch.com/{self._project_id}",
            "sub": session.user_id,
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + JWT_SECONDS,
            SESSION_CLAIM: session_claim(session, user),
        }
        header = {"alg": _ALGORITHM, "kid": key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, key)

    def session_id(self, token: str) -> str:
        """Return the id of the session a JWT speaks of. That it has expired does not matter.

        Whatever these keys signed is a session JWT of this project, so the signature says it all.

        Raises:
            ApiError: 400 `unable_to_parse_session_jwt` for what is no JWT or not signed by us.
        """
        try:
            decoded = jwt.decode(token, KeySet(list(self._keys)), algorithms=[_ALGORITHM])
        except (JoseError, ValueError) as error:
            raise ApiError(
                400, "unable_to_parse_session_jwt", "The session JWT could not be parsed."
            ) from error
        return str(decoded.claims[SESSION_CLAIM]["id"])


def new_key() -> RSAKey:
    """Return a new signing key."""
    return RSAKey.generate_key(_KEY_BITS, {"kid": new_id("jwk"), "use": "sig", "alg": _ALGORITHM})
