"""Whatever happens, no token and no JWT is written anywhere, nor a part of one."""

import logging
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.sessions.outages import OUTAGES, Scene
from tests.sessions.service import PASSWORD, Service

_PART = 16
"""Characters; so many of a secret in a row are a part of it."""


def parts_of(secret: str) -> set[str]:
    return {secret[at : at + _PART] for at in range(len(secret) - _PART + 1)}


@pytest.mark.parametrize("name", OUTAGES)
async def test_no_secret_is_logged_in_any_outage(
    service: Service,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    known, new = await service.sign_in(PASSWORD), await service.sign_in(PASSWORD)
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    forged = new.jwt[:-8] + "AAAAAAAA"
    async with AsyncExitStack() as stack:
        await service.ask("/account", token=known.token, jwt=known.jwt)
        await OUTAGES[name].begin(Scene(service, stack, monkeypatch, tmp_path))
        deadline = OUTAGES[name].deadline
        for path in ("/account", "/now"):
            await service.ask(path, token=new.token, jwt=new.jwt, deadline=deadline)
            await service.ask(path, token=new.token, jwt=[known.jwt, forged], deadline=deadline)
            await service.ask(path, bearer=new.token, deadline=deadline)
            await service.ask(path, bearer=forged, deadline=deadline)
        await service.keys.refresh()

    written = caplog.text + service.log.getvalue().decode() + service.metrics.exposition().decode()
    assert "stytch_unavailable" in written
    # A header is the same for all; its signature and the token are what opens.
    secrets = [new.token, known.token, service.emulator.secret, *new.jwt.split(".")[1:]]
    secrets += known.jwt.split(".")[1:]
    assert [part for secret in secrets for part in parts_of(secret) if part in written] == []
