"""Memory is bounded: sessions and messages make room, users are refused."""

import pytest

from authz_sidecar.emulator import sessions, users
from authz_sidecar.emulator.bounded import Bounded
from authz_sidecar.emulator.errors import ApiError
from authz_sidecar.emulator.factors import MAX_FACTORS, Factor, proven_now, with_factor
from authz_sidecar.emulator.messages import MAX_MESSAGES, Message, new_outbox
from authz_sidecar.emulator.sessions import Session, Sessions
from authz_sidecar.emulator.user import User
from authz_sidecar.emulator.users import Users

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
    outbox = new_outbox()
    for number in range(MAX_MESSAGES + 1):
        outbox.append(
            Message(
                channel="sms",
                address="+12025550162",
                user_id="u",
                method_id="m",
                code=f"{number:06d}",
                sent_at=NOW,
                expires_at=NOW + 60,
            )
        )
    assert len(outbox) == MAX_MESSAGES
    assert outbox[0].code == "000001"


def test_one_value_too_many_costs_the_oldest_its_place() -> None:
    store: Bounded[int] = Bounded(2)
    for key, value in [("a", 1), ("b", 2), ("a", 3), ("c", 4)]:
        store.put(key, value)
    assert [store.get(key) for key in "abc"] == [3, None, 4]
    store.forget(lambda value: value == 3)
    assert store.get("a") is None


def test_a_session_keeps_the_newest_factors() -> None:
    factors: list[Factor] = []
    for number in range(MAX_FACTORS + 1):
        factors = with_factor(factors, proven_now("otp", f"by_{number}", NOW, {}))
    assert len(factors) == MAX_FACTORS
    assert factors[0].delivery_method == "by_1"
