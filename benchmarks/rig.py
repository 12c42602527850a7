"""A sidecar and an emulated Stytch as programs of their own, for the time of a benchmark."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import aiohttp
import yaml

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET
from deploy.demo.programs import Command, running

SESSION_CHECK = "sessions.authenticate"
POLICY = Path(__file__).with_name("policy.yaml")
_AUTHZ_SIDECAR = Path(sys.executable).with_name("authz-sidecar")
_FACTORS = [
    {"type": "password", "delivery_method": "knowledge"},
    {"type": "otp", "delivery_method": "sms"},
]


class SignedIn(NamedTuple):
    """What a browser holds after signing in."""

    token: str
    jwt: str


@dataclass(frozen=True, slots=True)
class Rig:
    """What is measured, and a way to tell the emulator what to do."""

    url: str
    """Where Traefik asks the sidecar."""
    http: aiohttp.ClientSession
    """Asks the emulator's control API."""

    async def sign_in(self, count: int) -> list[SignedIn]:
        """New sessions with two factors, all of one user."""
        email = {"email": f"user{os.urandom(4).hex()}@example.com"}
        user = (await self.control("POST", "/users", email))["user"]
        body = {"user_id": user["user_id"], "factors": _FACTORS}
        made = [await self.control("POST", "/sessions", body) for _ in range(count)]
        return [SignedIn(answer["session_token"], answer["session_jwt"]) for answer in made]

    async def fail(self, **fault: object) -> None:
        """Put a fault of the session check in force."""
        await self.control("POST", "/faults", {"endpoint": SESSION_CHECK, **fault})

    async def heal(self) -> None:
        """Take all faults out of force."""
        await self.control("DELETE", "/faults")

    async def session_checks(self) -> int:
        """How often a session was asked about."""
        checks: int = (await self.control("GET", "/calls"))["calls"][SESSION_CHECK]
        return checks

    async def control(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> dict[str, Any]:
        """Call the emulator's control API."""
        async with self.http.request(method, f"/_emulator{path}", json=body) as answer:
            answer.raise_for_status()
            content: dict[str, Any] = await answer.json()
            return content

    async def require(self, reason: str, headers: Mapping[str, str]) -> None:
        """Ask the sidecar once; for another reason than this, nothing is worth measuring."""
        async with aiohttp.request("GET", self.url, headers=headers) as answer:
            if answer.headers["X-Authz-Reason"] != reason:
                raise RuntimeError(f"{answer.headers['X-Authz-Reason']} instead of {reason}")


@asynccontextmanager
async def rig() -> AsyncIterator[Rig]:
    """Run sidecar and emulator inside this block, each on any free port."""
    with TemporaryDirectory() as name:
        directory = Path(name)
        arguments = (_AUTHZ_SIDECAR, "emulator", "--listen", "127.0.0.1:0")
        emulator = Command("emulator", arguments, directory, directory / "emulator.log")
        async with running([emulator]):
            base_url = await _told(emulator.log, r"base URL\s+(http://\S+)\n")
            sidecar = _sidecar(directory, base_url)
            async with running([sidecar]), aiohttp.ClientSession(base_url) as http:
                address = await _told(sidecar.log, r"decisions on (\S+?),")
                await _told(sidecar.log, r"(signing keys): ")
                yield Rig(f"http://{address}/authz/traefik", http)


def _sidecar(directory: Path, base_url: str) -> Command:
    settings = {
        "version": 1,
        "policy": str(POLICY),
        "listen": "127.0.0.1:0",
        "admin_listen": "127.0.0.1:0",
        "dialects": ["traefik"],
        "default_dialect": "traefik",
        "stytch": {"base_url": base_url},
    }
    path = directory / "sidecar.yaml"
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return Command(
        "sidecar",
        (*pinned(0), _AUTHZ_SIDECAR, "serve", "--settings", path),
        cwd=directory,
        log=directory / "sidecar.log",
        output=Path(os.devnull),
        environment={"STYTCH_PROJECT_ID": DEFAULT_PROJECT_ID, "STYTCH_SECRET": DEFAULT_SECRET},
    )


def pinned(core: int) -> tuple[str, ...]:
    """What makes a command stay on one core, where that is possible and makes sense."""
    taskset = shutil.which("taskset")
    return (taskset, "-c", str(core)) if taskset and (os.cpu_count() or 1) > 1 else ()


async def _told(log: Path, pattern: str) -> str:
    """Wait until a program's log tells something; the pattern's first group."""
    async with asyncio.timeout(20):
        while True:
            if found := re.search(pattern, _text(log)):
                return found[1]
            await asyncio.sleep(0.05)


def _text(log: Path) -> str:
    return log.read_text(encoding="utf-8") if log.exists() else ""


def asking(path: str, *, token: str = "", jwt: str = "") -> dict[str, str]:
    """The headers of Traefik's question about a path, for a program that holds these cookies."""
    cookies = [f"stytch_session={token}"] if token else []
    cookies += [f"stytch_session_jwt={jwt}"] if jwt else []
    headers = {
        "X-Forwarded-Method": "GET",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "shop.test",
        "X-Forwarded-Uri": path,
        "X-Forwarded-For": "192.0.2.7",
        "Accept": "application/json",
    }
    return headers | ({"Cookie": "; ".join(cookies)} if cookies else {})
