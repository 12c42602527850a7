"""The project's signing keys: fetched at start and in the background, never on the request path.

Stytch publishes a new key about a month before the old one goes, so keys that were good once are
used for as long as Stytch is out of reach. A `kid` that is not known is a reason to fetch, at most
once a minute, since anybody can make one up.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from cachetools import LRUCache
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from authz_sidecar.core.observers import SessionObserver

_log = logging.getLogger(__name__)

REFRESH_SECONDS = 600.0
"""Between two fetches; each wait is up to a tenth shorter or longer, so that replicas spread."""
RETRY_SECONDS = 60.0
"""Between two fetches for a `kid` that is not known, failures included."""
FIRST_RETRY_SECONDS = 1.0
"""After a failure while there are no keys at all; doubles up to `RETRY_SECONDS`."""
_MAX_SIGHTINGS = 1000
_MIN_KEY_BITS = 2048
_JITTER = 0.1


class UnusableKeysError(Exception):
    """An answer that is no set of signing keys."""


class KeyStore:
    """Keys by `kid`, and whether one that is missing could still come."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[object]],
        observer: SessionObserver,
        clock: Callable[[], float],
    ) -> None:
        """Make an empty store; `run` fills it.

        Args:
            fetch: asks Stytch for the key set; raises `UnusableKeysError` if it cannot be had.
            observer: is told of fetches.
            clock: Unix seconds.
        """
        self._fetch = fetch
        self._observer = observer
        self._clock = clock
        self._keys: Mapping[str, RSAKey] = MappingProxyType({})
        self._good_since = float("-inf")
        """When the last fetch that succeeded was begun."""
        self._begun = float("-inf")
        self._sightings: LRUCache[str, float] = LRUCache(_MAX_SIGHTINGS)
        self._wanted = asyncio.Event()

    @property
    def keys(self) -> Mapping[str, RSAKey]:
        """The keys that are known; they serve however old they are."""
        return self._keys

    @property
    def ready(self) -> bool:
        """Whether there has ever been a key."""
        return bool(self._keys)

    def may_come(self, kid: str) -> bool:
        """Whether a key that is not known may be one that was published since the last fetch.

        It may until a fetch that was begun after the first sighting has succeeded.
        """
        seen = self._sightings.setdefault(kid, self._clock())
        if self._good_since >= seen:
            return False
        self._wanted.set()
        return True

    async def run(self) -> None:
        """Keep the keys fresh, until cancelled."""
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                fetched = await self.refresh()
            except Exception:  # noqa: BLE001 - the keys must be kept fresh whatever happens
                _log.exception("fetching Stytch's signing keys failed")
                fetched = False
            pause = FIRST_RETRY_SECONDS if fetched else min(pause * 2, RETRY_SECONDS)
            await self._sleep(REFRESH_SECONDS if self.ready else pause)

    async def refresh(self) -> bool:
        """Fetch once; what cannot be used changes nothing."""
        self._begun = self._clock()
        self._wanted.clear()
        try:
            keys = read_keys(await self._fetch())
        except UnusableKeysError as error:
            _log.error("Stytch's signing keys cannot be fetched: %s", error)
            self._observer.keys_fetched(None)
            return False
        if keys.keys() != self._keys.keys():
            _log.info("signing keys: %s", ", ".join(sorted(keys)))
        self._keys = MappingProxyType(keys)
        self._good_since = self._begun
        self._observer.keys_fetched(self._begun)
        return True

    async def _sleep(self, seconds: float) -> None:
        """Wait, or until an unknown `kid` wants a fetch, but never less than `RETRY_SECONDS`."""
        seconds *= random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - spreads load
        shortest = min(seconds, RETRY_SECONDS)
        await asyncio.sleep(shortest)
        try:
            async with asyncio.timeout(seconds - shortest):
                await self._wanted.wait()
        except TimeoutError:
            pass


def read_keys(answer: object) -> dict[str, RSAKey]:
    """The RSA keys of a key set (RFC 7517 section 5), by `kid`.

    Args:
        answer: the JSON of `GET /v1/sessions/jwks/{project_id}`.

    Raises:
        UnusableKeysError: if there is none.
    """
    entries = answer.get("keys") if isinstance(answer, dict) else None
    keys = {}
    for entry in entries if isinstance(entries, list) else ():
        key = _read_key(entry)
        if key is not None:
            keys[str(entry["kid"])] = key
    if not keys:
        raise UnusableKeysError("the answer has no RSA key for signatures")
    return keys


def _read_key(entry: object) -> RSAKey | None:
    """A key that RS256 may be verified with; others are passed over."""
    if not isinstance(entry, dict) or entry.get("kty") != "RSA" or not entry.get("kid"):
        return None
    if entry.get("use", "sig") != "sig" or entry.get("alg", "RS256") != "RS256":
        return None
    try:
        # Only what RFC 7518 section 6.3.1 asks of a public key; Stytch's `x5c` may be empty.
        key = RSAKey.import_key({name: entry[name] for name in ("kty", "n", "e")})
        bits = key.public_key.key_size
    except (JoseError, KeyError, TypeError, ValueError):
        return None
    return key if bits >= _MIN_KEY_BITS else None
