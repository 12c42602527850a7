"""Users as the project's backend makes, describes, finds and deletes them."""

import pytest

from tests.contract.conftest import EMAIL, PASSWORD, PHONE
from tests.contract.support import Http, Json, Stytch

SANDBOX_USER = "user-test-00000000-0000-4000-8000-000000000001"
NO_USER = (404, "user_not_found")


async def test_a_user_is_made_with_unverified_addresses(sdk: Stytch) -> None:
    made = await sdk.call(
        sdk.api.users.create,
        email=EMAIL,
        phone_number=PHONE,
        name={"first_name": "Ann", "last_name": "Example"},
        roles=["admin"],
        trusted_metadata={"tier": 1},
        untrusted_metadata={"theme": "dark"},
        external_id="crm|7",
    )
    assert made.status == made.user.status == "active"
    assert [(email.email_id, email.verified) for email in made.user.emails] == [
        (made.email_id, False)
    ]
    assert [(phone.phone_id, phone.verified) for phone in made.user.phone_numbers] == [
        (made.phone_id, False)
    ]
    user = await sdk.call(sdk.api.users.get, user_id="crm|7")
    assert (user.user_id, user.external_id) == (made.user_id, "crm|7")
    assert user.roles == ["stytch_user", "admin"]
    assert user.name is not None
    assert (user.name.first_name, user.name.last_name) == ("Ann", "Example")
    assert (user.trusted_metadata, user.untrusted_metadata) == ({"tier": 1}, {"theme": "dark"})


async def test_a_user_may_wait_for_a_first_proof(sdk: Stytch) -> None:
    made = await sdk.call(sdk.api.users.create, phone_number=PHONE, create_user_as_pending=True)
    assert (made.status, made.email_id) == ("pending", "")
    assert await sdk.refusal(
        sdk.api.webauthn.register_start, user_id=made.user_id, domain="example.com"
    ) == (400, "cannot_use_webauthn_with_pending_user")


@pytest.mark.parametrize(
    ("fields", "error_type"),
    [
        ({}, "invalid_create_user_request"),
        ({"email": "nobody"}, "invalid_email"),
        ({"email": "ANN@example.com"}, "duplicate_email"),
        ({"email": "bob@example.com", "external_id": "a b"}, "bad_request"),
        ({"email": "bob@example.com", "external_id": "ann"}, "duplicate_user_external_id"),
        (
            {"email": "bob@example.com", "trusted_metadata": {"x": "x" * 4096}},
            "metadata_too_large",
        ),
        (
            {"email": "bob@example.com", "untrusted_metadata": {str(n): n for n in range(21)}},
            "metadata_too_many_keys",
        ),
    ],
)
async def test_who_cannot_be_made_is_not(
    sdk: Stytch, http: Http, ann: Json, fields: Json, error_type: str
) -> None:
    await sdk.call(sdk.api.users.update, user_id=ann["user_id"], external_id="ann")
    assert await sdk.refusal(sdk.api.users.create, **fields) == (400, error_type)
    assert len((await http.control("GET", "/users"))["users"]) == 2


async def test_an_update_changes_what_it_names_and_null_deletes(sdk: Stytch, ann: Json) -> None:
    before: Json = {
        "name": {"first_name": "Ann", "last_name": "Example"},
        "trusted_metadata": {"a": 1, "b": 2},
        "external_id": "ann",
    }
    await sdk.call(sdk.api.users.update, user_id=ann["user_id"], **before)
    changed = await sdk.call(
        sdk.api.users.update,
        user_id="ann",
        name={"last_name": "Other"},
        roles=["auditor"],
        trusted_metadata={"a": None, "c": 3},
        external_id="ann",
    )
    assert changed.user_id == ann["user_id"]
    assert changed.emails[0].email == EMAIL
    assert changed.user.name is not None
    assert (changed.user.name.first_name, changed.user.name.last_name) == ("Ann", "Other")
    assert changed.user.trusted_metadata == {"b": 2, "c": 3}
    assert changed.user.roles == ["stytch_user", "auditor"]
    emptied = await sdk.call(sdk.api.users.delete_external_id, user_id=ann["user_id"])
    assert emptied.user.external_id is None
    assert await sdk.refusal(sdk.api.users.get, user_id="ann") == NO_USER


async def test_deleting_a_user_ends_everything_of_theirs(
    sdk: Stytch, http: Http, ann: Json
) -> None:
    await http.control("POST", "/users", {"email": "bob@example.com", "password": PASSWORD})
    tokens = [
        (
            await sdk.call(
                sdk.api.passwords.authenticate,
                email=email,
                password=PASSWORD,
                session_duration_minutes=60,
            )
        ).session_token
        for email in (EMAIL, "bob@example.com")
    ]
    link = await sdk.call(sdk.api.magic_links.create, user_id=ann["user_id"])
    deleted = await sdk.call(sdk.api.users.delete, user_id=ann["user_id"])
    assert deleted.user_id == ann["user_id"]
    assert await sdk.refusal(sdk.api.sessions.authenticate, session_token=tokens[0]) == (
        404,
        "session_not_found",
    )
    await sdk.call(sdk.api.sessions.authenticate, session_token=tokens[1])
    assert await sdk.refusal(sdk.api.magic_links.authenticate, token=link.token) == (
        404,
        "magic_link_not_found",
    )
    assert await sdk.refusal(sdk.api.users.delete, user_id=ann["user_id"]) == NO_USER


async def test_the_sandbox_user_stays_whole(sdk: Stytch) -> None:
    user = await sdk.call(sdk.api.users.get, user_id=SANDBOX_USER)
    refused = (400, "bad_request")
    assert await sdk.refusal(sdk.api.users.delete, user_id=SANDBOX_USER) == refused
    email_id = user.emails[0].email_id
    assert await sdk.refusal(sdk.api.users.delete_email, email_id=email_id) == refused


async def test_what_a_user_signs_in_by_can_be_deleted(sdk: Stytch, http: Http, ann: Json) -> None:
    users = sdk.api.users
    sent = await sdk.call(sdk.api.otps.sms.send, phone_number=PHONE, user_id=ann["user_id"])
    totp = await sdk.call(sdk.api.totps.create, user_id=ann["user_id"])
    login = {"provider": "google", "user_id": ann["user_id"]}
    token = (await http.control("POST", "/oauth/tokens", login))["token"]
    oauth = await sdk.call(sdk.api.oauth.authenticate, token=token)
    await sdk.call(users.delete_email, email_id=ann["emails"][0]["email_id"])
    await sdk.call(users.delete_phone_number, phone_id=sent.phone_id)
    await sdk.call(users.delete_totp, totp_id=totp.totp_id)
    await sdk.call(users.delete_password, password_id=ann["password"]["password_id"])
    left = await sdk.call(
        users.delete_oauth_registration,
        oauth_user_registration_id=oauth.oauth_user_registration_id,
    )
    assert left.user_id == ann["user_id"]
    user = left.user
    assert (user.emails, user.phone_numbers, user.totps, user.password, user.providers) == (
        [],
        [],
        [],
        None,
        [],
    )
    made = await sdk.call(sdk.api.totps.create, user_id=ann["user_id"])
    assert made.qr_code


async def test_what_nobody_has_cannot_be_deleted(sdk: Stytch) -> None:
    users = sdk.api.users
    for call, error_type in [
        (sdk.refusal(users.delete_email, email_id="x"), "email_not_found"),
        (sdk.refusal(users.delete_phone_number, phone_id="x"), "phone_number_not_found"),
        (sdk.refusal(users.delete_totp, totp_id="x"), "totp_not_found"),
        (sdk.refusal(users.delete_password, password_id="x"), "password_not_found"),
        (
            sdk.refusal(users.delete_webauthn_registration, webauthn_registration_id="x"),
            "webauthn_registration_not_found",
        ),
        (
            sdk.refusal(users.delete_oauth_registration, oauth_user_registration_id="x"),
            "oauth_user_registration_not_found",
        ),
    ]:
        assert await call == (404, error_type)


@pytest.mark.parametrize(
    ("operator", "filters", "found"),
    [
        ("AND", {}, {"sandbox@stytch.com", EMAIL, "bob@example.com"}),
        ("AND", {"email_address": [EMAIL, "bob@example.com"]}, {EMAIL, "bob@example.com"}),
        ("AND", {"email_address": [EMAIL], "status": "pending"}, set()),
        ("OR", {"email_address": [EMAIL], "status": "pending"}, {EMAIL, "bob@example.com"}),
        ("AND", {"password_exists": True}, {EMAIL}),
        ("AND", {"email_verified": False}, {"bob@example.com"}),
        ("AND", {"phone_number": ["+10000000000"]}, {"sandbox@stytch.com"}),
        ("AND", {"totp_verified": True}, {"sandbox@stytch.com"}),
    ],
)
async def test_users_are_found_by_filters(
    sdk: Stytch, http: Http, ann: Json, operator: str, filters: Json, found: set[str]
) -> None:
    assert ann["status"] == "active"
    await http.control("POST", "/users", {"email": "bob@example.com", "email_verified": False})
    operands = [{"filter_name": name, "filter_value": value} for name, value in filters.items()]
    query: Json = {"operator": operator, "operands": operands}
    answer = await sdk.call(sdk.api.users.search, query=query)
    assert {user.emails[0].email for user in answer.results} == found
    assert answer.results_metadata.total == len(found)


async def test_a_search_comes_in_pages(sdk: Stytch, ann: Json) -> None:
    first = await sdk.call(sdk.api.users.search, limit=1)
    cursor = first.results_metadata.next_cursor
    second = await sdk.call(sdk.api.users.search, limit=1, cursor=cursor)
    assert [user.user_id for user in first.results + second.results] == [
        SANDBOX_USER,
        ann["user_id"],
    ]
    assert (first.results_metadata.total, second.results_metadata.next_cursor) == (2, None)


@pytest.mark.parametrize(
    ("fields", "error_type"),
    [
        ({"cursor": "x"}, "user_search_invalid_cursor"),
        ({"limit": 1001}, "bad_request"),
        (
            {
                "query": {
                    "operator": "AND",
                    "operands": [{"filter_name": "shoe_size", "filter_value": "43"}],
                }
            },
            "user_search_filter_name_not_recognized",
        ),
        ({"query": {"operator": "NOR", "operands": []}}, "bad_request"),
    ],
)
async def test_a_search_for_what_is_not_emulated_is_refused(
    sdk: Stytch, fields: Json, error_type: str
) -> None:
    assert await sdk.refusal(sdk.api.users.search, **fields) == (400, error_type)
