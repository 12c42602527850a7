"""The steps: Stytch's guide "MFA backend integration", with a proxy where its sample has `if`s."""

import asyncio

from deploy.demo.checks import (
    IDENTITY,
    NOBODY,
    allowed,
    not_passed_on,
    refused,
    retried_later,
    without_hint,
)
from deploy.demo.scene import Scene
from deploy.demo.stytch_side import Person, SignedIn
from deploy.demo.visits import BROWSER, PROGRAM

# The emulator revokes a replaced session after one second; Stytch "shortly after".
_REVOCATION_SECONDS = 1.3
_SIX_MINUTES = 360
_FORGED = {"X-Authz-User": "attacker", "X-Authz-Roles": "admin", "X_Authz_User": "attacker"}
_MORE_FACTORS = 'Bearer error="insufficient_user_authentication"'  # RFC 9470


async def walk(scene: Scene) -> None:
    """Do all steps; each chapter leaves the session that the next one starts with."""
    await nobody_is_signed_in(scene)
    one_factor = await a_password(scene)
    await an_email_code(scene)
    two_factors = await an_sms_code(scene, one_factor)
    renewed = await a_step_up(scene, two_factors)
    await no_login_can_help(scene, renewed)
    await stytch_is_down(scene, renewed)


async def nobody_is_signed_in(scene: Scene) -> None:
    """Without a session: people are redirected, programs are told, and a form never is."""
    scene.table.chapter("Nobody is signed in")
    page = "/account?q=a%26b&p=2"
    login = scene.challenge("login", "no_session", page)
    show = ["Location"]
    await scene.visit("a page, in a browser", f"GET {page}", BROWSER, "", [login.to_browser], show)
    await scene.visit("the same, by a program", f"GET {page}", PROGRAM, "", [login.to_program])
    await scene.visit("a form: never redirected", f"POST {page}", BROWSER, "", [login.to_program])
    public = [allowed("public", NOBODY), not_passed_on("X_Authz_User")]
    await scene.visit("a public page", "GET /public/news", BROWSER, "", public)
    await scene.visit("... by who claims to be another", "GET /public/news", _FORGED, "", public)
    no_rule = [refused(403, "no_rule"), without_hint]
    await scene.visit("a page that no rule names", "GET /else", BROWSER, "", no_rule)


async def a_password(scene: Scene) -> SignedIn:
    """Step 1 of the guide: one factor, which opens what one factor may open."""
    scene.table.chapter("Step 1 of the guide: a password, by Stytch's SDK")
    session = await scene.enter_password("log in")
    known = [allowed("requirement_met", _identity(scene.ann, "password", "pwd"))]
    await scene.visit("a page for one factor", "GET /account", BROWSER, session.token, known)
    mfa = scene.challenge(
        "step-up",
        "factor_missing",
        "/wallet",
        www_authenticate=f'{_MORE_FACTORS}, acr_values="two_factor"',
        offers="sms_otp,totp,passkey",
    )
    page, token = "GET /wallet", session.token
    await scene.visit("a page for two, in a browser", page, BROWSER, token, [mfa.to_browser])
    show = ["WWW-Authenticate"]
    await scene.visit("the same, by a program", page, PROGRAM, token, [mfa.to_program], show)
    return session


async def an_email_code(scene: Scene) -> None:
    """The guide's warning: the inbox resets the password, so these two are one."""
    scene.table.chapter("A code by e-mail is no second factor: the inbox resets the password")
    first = await scene.enter_password("log in on another device")
    session = await scene.enter_email_code("a code by e-mail", first)
    mfa = scene.challenge("step-up", "factor_missing", "/wallet", offers="sms_otp,totp,passkey")
    checks = [mfa.to_browser]
    await scene.visit("not enough for two factors", "GET /wallet", BROWSER, session.token, checks)


async def an_sms_code(scene: Scene, one_factor: SignedIn) -> SignedIn:
    """Step 2 of the guide: the session is swapped, and the old one dies shortly after."""
    scene.table.chapter("Step 2 of the guide: a code by SMS, by Stytch's SDK")
    session = await scene.enter_sms_code(one_factor)
    known = [allowed("requirement_met", _two_factors(scene)), not_passed_on("X_Authz_User")]
    page, token = "GET /wallet", session.token
    await scene.visit("the page for two factors", page, BROWSER, token, known, IDENTITY)
    show = ["X-Authz-User", "X-Authz-Roles"]
    await scene.visit("... by who claims to be another", page, _FORGED, token, known, show)
    await asyncio.sleep(_REVOCATION_SECONDS)
    dead = [scene.challenge("login", "session_invalid", "/payments/1").to_browser]
    old = one_factor.token
    await scene.visit("the old session, a moment later", "GET /payments/1", BROWSER, old, dead)
    return session


async def a_step_up(scene: Scene, session: SignedIn) -> SignedIn:
    """Step 4 of the guide: the code by SMS must be at most five minutes old."""
    scene.table.chapter("Step 4 of the guide: step-up, a code by SMS at most five minutes old")
    page, token = "GET /payments/1", session.token
    known = [allowed("requirement_met", _two_factors(scene))]
    await scene.visit("a payment, with a fresh code", page, PROGRAM, token, known)
    stale = scene.challenge(
        "step-up",
        "factor_too_old",
        "/payments/1",
        www_authenticate=f'{_MORE_FACTORS}, acr_values="payments", max_age="300"',
        offers="passkey,sms_otp,totp",
        max_age="300",
    )
    await scene.controls.move_sms_back(token, _SIX_MINUTES)
    checks, show = [stale.to_browser], ["Location"]
    await scene.visit("six minutes later, in a browser", page, BROWSER, token, checks, show)
    await scene.visit("the same, by a program", page, PROGRAM, token, [stale.to_program])
    await scene.visit("where any age will do", "GET /wallet", BROWSER, token, known)
    renewed = await scene.enter_sms_code(session)
    await scene.visit("the payment goes through", page, PROGRAM, renewed.token, known)
    return renewed


async def no_login_can_help(scene: Scene, session: SignedIn) -> None:
    """403 and 400 never send anybody to a login."""
    scene.table.chapter("What no login can change sends nobody to one")
    role = [refused(403, "role_missing"), without_hint]
    await scene.visit("a role that Ann does not have", "GET /admin", BROWSER, session.token, role)
    # Of refusals, nginx's auth_request knows 401 and 403 only.
    path = [refused(403 if scene.proxy == "nginx" else 400, "bad_path"), without_hint]
    await scene.visit("a path with two meanings", "GET /public/..;/admin", BROWSER, "", path)


async def stytch_is_down(scene: Scene, known: SignedIn) -> None:
    """503 and no redirect: who cannot be checked is not logged out."""
    scene.table.chapter("Stytch is down: nobody is let in unchecked, and nobody is logged out")
    new, newer = [await scene.backend.enter_password(scene.ann) for _ in range(2)]
    page, payment = "GET /account", "GET /payments/1"
    passes = [allowed("requirement_met", _two_factors(scene))]
    unavailable = [refused(503, "stytch_unavailable"), without_hint, retried_later]
    await scene.visit("a session, before the outage", page, BROWSER, known.token, passes)
    await scene.controls.break_stytch(kind="error", status=500)
    await scene.visit("Stytch answers 500: the same", page, BROWSER, known.token, passes)
    await scene.visit("... where it must be asked anew", payment, BROWSER, known.token, unavailable)
    await scene.visit("... to a session not seen before", page, BROWSER, new.token, unavailable)
    await scene.controls.repair_stytch()
    await scene.controls.break_stytch(kind="hang")
    await scene.visit("Stytch hangs: another such one", page, PROGRAM, newer.token, unavailable)
    await scene.controls.repair_stytch()
    back = [allowed("requirement_met", _identity(scene.ann, "password", "pwd"))]
    await scene.visit("Stytch is back", page, BROWSER, new.token, back)


def _identity(person: Person, factors: str, amr: str) -> dict[str, str]:
    # Every user of Stytch has this role.
    values = (person.user_id, person.email, "stytch_user", factors, amr)
    return dict(zip(IDENTITY, values, strict=True))


def _two_factors(scene: Scene) -> dict[str, str]:
    return _identity(scene.ann, "password,sms_otp", "mfa,otp,pwd,sms")
