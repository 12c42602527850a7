"""Which ports the demo takes: the documented ones where they are free, else others."""

import socket
from contextlib import ExitStack
from dataclasses import asdict, dataclass

_LOOPBACK = "127.0.0.1"
_ANSWER_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of all programs, by default the documented ones."""

    proxy: int = 8080
    sidecar: int = 9000
    admin: int = 9001
    application: int = 9100
    stytch: int = 4010


DOCUMENTED = Ports()


def choose_ports(*, usual: bool = True) -> Ports:
    """Choose a port for each program that nobody uses now.

    Args:
        usual: take the documented ones where they are free.
    """
    with ExitStack() as held:
        return Ports(
            **{
                program: port if usual and _is_free(port) else _other_port(held)
                for program, port in asdict(DOCUMENTED).items()
            }
        )


def _is_free(port: int) -> bool:
    # Whoever is on ::1 would get what is meant for us: curl and browsers try it first for
    # *.localhost.
    for family, host in ((socket.AF_INET, _LOOPBACK), (socket.AF_INET6, "::1")):
        if _is_answered(family, host, port):
            return False
    with socket.socket() as probe:
        # Connections of an earlier run that the system still remembers are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError:
            return False
    return True


def _is_answered(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as probe:
            probe.settimeout(_ANSWER_SECONDS)
            return probe.connect_ex((host, port)) == 0
    except OSError:  # no IPv6 here
        return False


def _other_port(held: ExitStack) -> int:
    # Held until all are chosen, so that none is chosen twice.
    probe = held.enter_context(socket.socket())
    probe.bind((_LOOPBACK, 0))
    port: int = probe.getsockname()[1]
    return port
