"""Whatever bytes come, the answer is a documented one, and an allow only where the model has it."""

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from authz_sidecar.dialects.identity import IDENTITY_HEADERS
from tests.integration.http_client import Answer
from tests.wire import model
from tests.wire.raw import connected, is_bare_400, request
from tests.wire.service import Service
from tests.wire.strategies import LIVE, Field, clean_requests, cookie_lines, places, requests

# Examples are cheap here: twice the profile's. What a busy machine makes slow is no failure.
relaxed = settings(
    max_examples=2 * settings().max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

STATUSES = {
    "allow": {200},
    "challenge": {302, 401},
    "deny": {403},
    "malformed": {400, 403},
    "unavailable": {503},
}


def asked_for(authority: bytes, uri: bytes) -> list[Field]:
    """What a proxy sends."""
    values = (b"GET", b"https", authority, uri)
    return [(b"Host", b"sidecar"), *zip(model.REQUIRED, values, strict=True)]


def answer_to(service: Service, data: bytes) -> Answer:
    with connected(service.port) as connection:
        connection.send(data)
        answer = connection.answer(data.lstrip(b"\r\n").partition(b" ")[0])
    assert answer is not None, "closed without an answer"
    return answer


def assert_documented(answer: Answer) -> None:
    """An answer of ours: one status that its decision may have, marked, and not to be kept."""
    decision, reason = answer.decision
    assert decision in STATUSES, answer
    assert reason
    assert answer.status in STATUSES[decision]
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Server") == "authz-sidecar"
    for name in IDENTITY_HEADERS:
        assert len(answer.all(name)) == (decision == "allow")
    assert reason != "internal_error"


@relaxed
@given(data=requests)
def test_any_bytes_get_a_documented_answer(service: Service, token: bytes, data: bytes) -> None:
    data = data.replace(LIVE, token)
    answer = answer_to(service, data)
    if is_bare_400(answer):
        event("refused by the parser")
    else:
        assert_documented(answer)
        event(f"{answer.decision[0]}")
    if answer.status == 200:
        asked = model.read(data)
        assert asked is not None
        assert model.may_be_allowed(asked, token)
    service.assert_it_answers()


@relaxed
@given(data=clean_requests)
def test_a_clean_request_is_decided_by_us_and_allowed_just_where_the_model_has_it(
    service: Service, token: bytes, data: bytes
) -> None:
    data = data.replace(LIVE, token)
    answer = answer_to(service, data)
    assert_documented(answer)
    event(f"{answer.decision}")
    asked = model.read(data)
    assert asked is not None
    assert (answer.status == 200) is model.may_be_allowed(asked, token)


@relaxed
@given(
    where=places,
    target=st.sampled_from([b"/authz/nginx", b"/authz/traefik"]),
)
def test_a_spelling_of_host_or_path_is_allowed_just_where_the_model_has_it(
    service: Service, target: bytes, where: tuple[bytes, bytes]
) -> None:
    data = request(fields=asked_for(*where), target=target)
    answer = answer_to(service, data)
    assert_documented(answer)
    event(f"{answer.decision}")
    asked = model.read(data)
    assert asked is not None
    assert (answer.status == 200) is model.may_be_allowed(asked, b"")


@relaxed
@given(lines=cookie_lines, target=st.sampled_from([b"/authz/nginx", b"/authz/traefik"]))
def test_a_session_is_found_among_any_cookies_just_where_the_model_finds_it(
    service: Service, token: bytes, target: bytes, lines: list[bytes]
) -> None:
    cookies = [(b"Cookie", line) for line in lines]
    fields = [*asked_for(b"shop.test", b"/account/1"), *cookies]
    data = request(fields=fields, target=target).replace(LIVE, token)
    answer = answer_to(service, data)
    assert_documented(answer)
    event(f"{answer.decision}")
    asked = model.read(data)
    assert asked is not None
    assert (answer.status == 200) is model.may_be_allowed(asked, token)


@pytest.mark.parametrize("target", [b"/authz/nginx", b"/authz/traefik"])
@pytest.mark.parametrize("where", model.REQUIRED, ids=bytes.decode)
def test_a_header_that_is_needed_comes_just_once(
    service: Service, target: bytes, where: bytes
) -> None:
    fields = asked_for(b"shop.test", b"/public/1")
    ((at, value),) = ((i, value) for i, (name, value) in enumerate(fields) if name == where)
    cases = {
        "public": [(where, value)],
        "missing_header": [],
        "duplicate_header": [(where, value), (where, value)],
    }
    if where != b"x-forwarded-uri":
        cases |= {"duplicate_header ": [(where, value + b"," + value)]}
    for reason, instead in cases.items():
        asked = [*fields[:at], *instead, *fields[at + 1 :]]
        answer = answer_to(service, request(fields=asked, target=target))
        assert answer.decision[1] == reason.strip()
    empty = answer_to(service, request(fields=[*fields[:at], (where, b""), *fields[at + 1 :]]))
    assert empty.decision[1] == "missing_header"


@pytest.mark.parametrize("target", [b"/authz/nginx", b"/authz/traefik"])
@pytest.mark.parametrize("where", model.REQUIRED, ids=bytes.decode)
def test_no_control_and_no_byte_above_ascii_passes_in_a_header_of_the_dialect(
    service: Service, target: bytes, where: bytes
) -> None:
    fields = asked_for(b"shop.test", b"/public/1")
    for byte in (*range(0x20), 0x7F, *range(0x80, 0x100)):
        odd = [
            (name, value[:2] + bytes([byte]) + value[2:] if name == where else value)
            for name, value in fields
        ]
        answer = answer_to(service, request(fields=odd, target=target))
        assert answer.status in {400, 403}, byte
        assert answer.decision[0] in {None, "malformed"}, byte
