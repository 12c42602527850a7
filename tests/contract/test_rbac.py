"""Roles: what a session's user may do, asked of Stytch or decided by the SDK itself."""

import pytest
from stytch.consumer.models.sessions import AuthorizationCheck
from stytch.shared.rbac_local import RBACConsumerPermissionError

from tests.contract.conftest import EMAIL, PASSWORD
from tests.contract.support import Http, Json, Stytch

READ: Json = {"resource_id": "documents", "action": "read"}
WRITE: Json = {"resource_id": "documents", "action": "write"}
DENIED = (403, "consumer_session_authorization_error")
POLICY: Json = {
    "roles": [
        {
            "role_id": "reader",
            "permissions": [{"resource_id": "documents", "actions": ["read"]}],
        },
        {"role_id": "editor", "permissions": [{"resource_id": "documents", "actions": ["*"]}]},
    ],
    "resources": [{"resource_id": "documents", "actions": ["read", "write"]}],
}


async def _session(sdk: Stytch, http: Http, user: Json, *roles: str) -> tuple[str, str]:
    await http.control("PATCH", f"/users/{user['user_id']}", {"roles": list(roles)})
    answer = await sdk.call(
        sdk.api.passwords.authenticate,
        email=EMAIL,
        password=PASSWORD,
        session_duration_minutes=60,
    )
    return answer.session_token, answer.session_jwt


async def test_a_role_grants_what_the_policy_says(sdk: Stytch, http: Http, ann: Json) -> None:
    await http.control("PUT", "/rbac/policy", POLICY)
    token, _ = await _session(sdk, http, ann, "reader", "editor")
    answer = await sdk.call(
        sdk.api.sessions.authenticate, session_token=token, authorization_check=READ
    )
    assert answer.verdict is not None
    assert answer.verdict.authorized
    assert answer.verdict.granting_roles == ["reader", "editor"]
    by_star = await sdk.call(
        sdk.api.sessions.authenticate, session_token=token, authorization_check=WRITE
    )
    assert by_star.verdict is not None
    assert by_star.verdict.granting_roles == ["editor"]


async def test_what_no_role_grants_is_denied(sdk: Stytch, http: Http, ann: Json) -> None:
    await http.control("PUT", "/rbac/policy", POLICY)
    token, _ = await _session(sdk, http, ann, "reader")
    for check in (WRITE, {"resource_id": "invoices", "action": "read"}):
        assert (
            await sdk.refusal(
                sdk.api.sessions.authenticate, session_token=token, authorization_check=check
            )
            == DENIED
        )


async def test_without_a_policy_nothing_is_granted(sdk: Stytch, http: Http, ann: Json) -> None:
    token, _ = await _session(sdk, http, ann, "admin")
    assert (
        await sdk.refusal(
            sdk.api.sessions.authenticate, session_token=token, authorization_check=READ
        )
        == DENIED
    )
    policy = (await sdk.call(sdk.api.rbac.policy)).policy
    assert policy is not None
    assert [(role.role_id, role.permissions) for role in policy.roles] == [("stytch_user", [])]


async def test_the_sdk_decides_by_the_same_policy(sdk: Stytch, http: Http, ann: Json) -> None:
    await http.control("PUT", "/rbac/policy", POLICY)
    _, jwt = await _session(sdk, http, ann, "reader")
    local = sdk.api.sessions.authenticate_jwt_local
    assert await sdk.call(local, session_jwt=jwt, authorization_check=AuthorizationCheck(**READ))
    with pytest.raises(RBACConsumerPermissionError):
        await sdk.call(local, session_jwt=jwt, authorization_check=AuthorizationCheck(**WRITE))


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ({}, "roles"),
        ({"roles": [{"id": "reader"}]}, "role"),
        ({"roles": [], "scopes": []}, "scopes"),
    ],
)
async def test_a_policy_that_makes_no_sense_is_refused(
    http: Http, policy: Json, named: str
) -> None:
    status, answer = await http.ask("PUT", "/_emulator/rbac/policy", policy)
    assert (status, answer["error_type"]) == (400, "bad_request")
    assert named in answer["error_message"]
