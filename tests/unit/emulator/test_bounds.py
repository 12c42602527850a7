"""Memory is bounded: sessions and messages make room, users are refused."""

import pytest

from authz_sidecar.emulator import one_time_codes, sessions, users
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import Factor
from authz_sidecar.emulator.one_time_codes import Message, OneTimeCodes
from authz_sidecar.emulator.sessions import Session, Sessions
from authz_sidecar.emulator.users import User, Users

NOW = 1_700_000_000.0


def _session() -> Session:
    return Session(
        user_id="user-test-x",
        factors=[],
        started_at=NOW,
        expires_at=NOW + 60,
        last_accessed_at=NOW,
    )


def test_one_session_too_many_costs_the_oldest_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 2)
    store = Sessions()
    oldest, second, newest = (store.add(_session()) for _ in range(3))
    assert store.live(NOW) == [second, newest]
    with pytest.raises(ApiError, match="Session could not be found"):
        store.with_token(oldest.token, NOW)


def test_a_session_found_dead_is_forgotten() -> None:
    store = Sessions()
    session = store.add(_session())
    for _ in range(2):
        with pytest.raises(ApiError, match="Session could not be found"):
            store.with_id(session.session_id, NOW + 60)
    assert store.live(NOW) == []


def test_a_session_doomed_already_is_not_granted_more_time() -> None:
    store = Sessions()
    session = store.add(_session())
    session.revoked_at = NOW + 1
    factor = Factor("otp", "sms", NOW, NOW, NOW)
    store.swap(session, factor, NOW, revoke_after=10)
    assert session.revoked_at == NOW + 1


def test_one_user_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "MAX_USERS", 1)
    store = Users()
    store.add(User(created_at=NOW))
    with pytest.raises(ApiError, match="full") as refused:
        store.add(User(created_at=NOW))
    assert refused.value.status == 429


def test_the_outbox_keeps_the_newest_messages() -> None:
    codes = OneTimeCodes()
    for number in range(one_time_codes.MAX_MESSAGES + 1):
        codes.send(Message("sms", "+12025550162", "u", "m", f"{number:06d}", NOW, NOW + 60))
    assert len(codes.outbox) == one_time_codes.MAX_MESSAGES
    assert codes.outbox[0].code == "000001"
