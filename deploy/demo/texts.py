"""What the demo says before and after the table."""

from dataclasses import asdict

from authz_sidecar.emulator import DEFAULT_PROJECT_ID, DEFAULT_SECRET
from deploy.demo.ports import DOCUMENTED, Ports
from deploy.demo.proxies import Proxy
from deploy.demo.services import Services
from deploy.demo.stytch_side import Person
from deploy.demo.visits import SESSION_COOKIE, SHOP

_Commands = list[tuple[str, str]]
"""What comes of a command, and the command."""


def heading(proxy: Proxy, ports: Ports) -> str:
    """What runs where."""
    asks = f"with deploy/{proxy.name}; asks the sidecar about every request"
    rows = (
        (proxy.title, f"http://{SHOP}:{ports.proxy}", asks),
        ("sidecar", _local(ports.sidecar), "authz-sidecar with deploy/demo/policy.yaml"),
        ("application", _local(ports.application), "protected; it answers with what reached it"),
        (
            "Stytch",
            _local(ports.stytch),
            "AN EMULATOR: no account, and nothing leaves this machine",
        ),
    )
    programs = "\n".join(f"  {name:<12} {url:<27} {what}" for name, url, what in rows)
    return f"""\
authz-sidecar's demo: Stytch's guide "MFA backend integration", enforced by a reverse proxy

{programs}
{_moved(ports)}
  /public    open to all    /wallet    two factors (MFA)
  /account   one factor     /payments  a password, and a code by SMS of the last five minutes
                            /admin     two factors, and the role "admin\""""


def _moved(ports: Ports) -> str:
    pairs = zip(asdict(DOCUMENTED).values(), asdict(ports).values(), strict=True)
    taken = [str(usual) for usual, port in pairs if usual != port]
    return f"\n  Others use {', '.join(taken)}, hence these ports.\n" if taken else ""


def try_it(services: Services, person: Person, one_factor: str, two_factors: str) -> str:
    """What to try by hand, ready to be pasted.

    Args:
        services: the programs.
        person: whose sessions they are.
        one_factor: a token of a session with one factor.
        two_factors: a token of a session with two.
    """
    ports = services.ports
    watch = [
        ("what was decided, in numbers", f"curl {_local(ports.admin)}/metrics"),
        ("the decision log", f"tail -f {services.decision_log}"),
    ]
    return f"""
Everything still runs, so try it from another terminal. Ctrl-C here ends it all.
First paste these names. ONE is Ann's session after her password, TWO after a code by SMS, too.

    SHOP=http://{SHOP}:{ports.proxy}
    STYTCH={_local(ports.stytch)}
    PROJECT={DEFAULT_PROJECT_ID}:{DEFAULT_SECRET}
    ANN={person.user_id}
    ONE={one_factor}
    TWO={two_factors}

Visit the shop
{_listed(_at_the_shop())}

Six minutes later: step up
{_listed(_step_up(person))}

Play Stytch's dashboard, and fate
{_listed(_at_stytch())}

Watch
{_listed(watch)}
"""


def _at_the_shop() -> _Commands:
    one, two = (f"curl -i -b {SESSION_COOKIE}=${name} $SHOP" for name in ("ONE", "TWO"))
    return [
        ("401, and where to log in", "curl -i $SHOP/account"),
        ("302: so asks a browser", "curl -i -H 'Accept: text/html' $SHOP/account"),
        ("200, and who the application sees", f"{one}/account"),
        ("401, factor_missing", f"{one}/wallet"),
        ("200, and the forgery is replaced", f"{two}/wallet -H 'X-Authz-User: root'"),
        ("200, for the next five minutes", f"{two}/payments/1"),
        ("403, role_missing", f"{two}/admin"),
    ]


def _step_up(person: Person) -> _Commands:
    session = '"session_token": "\'$TWO\'"'
    send = f'\'{{"phone_number": "{person.phone}", {session}}}\''
    enter = f'\'{{"method_id": "PHONE_ID", "code": "CODE", {session}}}\''
    sms = '\'{"user_id": "\'$ANN\'", "type": "otp", "delivery_method": "sms", "seconds": 360}\''
    return [
        ("the code gets older", f"curl $STYTCH/_emulator/factors/age -d {sms}"),
        ("401, factor_too_old", f"curl -i -b {SESSION_COOKIE}=$TWO $SHOP/payments/1"),
        (
            "send a code; the answer has PHONE_ID",
            f"curl -u $PROJECT $STYTCH/v1/otps/sms/send -d {send}",
        ),
        ("read the CODE in the last message", "curl $STYTCH/_emulator/messages"),
        (
            "enter it; the answer has the next session_token, TWO is revoked",
            f"curl -u $PROJECT $STYTCH/v1/otps/authenticate -d {enter}",
        ),
    ]


def _at_stytch() -> _Commands:
    control = "$STYTCH/_emulator"
    return [
        ("give Ann the role", f'curl -X PATCH {control}/users/$ANN -d \'{{"roles": ["admin"]}}\''),
        ("break Stytch", f'curl {control}/faults -d \'{{"kind": "error", "status": 500}}\''),
        ("let it hang", f'curl {control}/faults -d \'{{"kind": "hang"}}\''),
        ("repair it", f"curl -X DELETE {control}/faults"),
    ]


def _listed(commands: _Commands) -> str:
    # Not as comments behind the commands: zsh takes those for arguments.
    return "\n".join(f"  {what}:\n    {command}" for what, command in commands)


def _local(port: int) -> str:
    return f"http://127.0.0.1:{port}"
