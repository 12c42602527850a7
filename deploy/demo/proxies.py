"""The proxies that the demo can run, each with the files that users copy."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.errors import DemoError

_DEPLOY = Path(__file__).parents[1]
# What pip installs lies beside the interpreter; Debian keeps nginx out of a user's PATH.
_PLACES = (Path(sys.executable).parent, Path("/usr/sbin"), Path("/usr/local/sbin"))


@dataclass(frozen=True, slots=True)
class Proxy:
    """How one proxy is found and started."""

    name: str
    """Its directory in `deploy`, its dialect and its program."""
    title: str
    if_missing: str
    """What to do where it is not installed."""
    command: Callable[[str, Path], list[str | Path]]
    """From the program and the directory with the files to the command."""

    @property
    def files(self) -> list[Path]:
        """The files that users copy."""
        return [path for path in (_DEPLOY / self.name).iterdir() if path.is_file()]

    def find(self) -> str | None:
        """Where the proxy is installed, if it is."""
        places = os.pathsep.join([os.environ.get("PATH", ""), *map(str, _PLACES)])
        return shutil.which(self.name, path=places)

    def require(self) -> str:
        """Where the proxy is installed.

        Raises:
            DemoError: it is not.
        """
        program = self.find()
        if program is None:
            raise DemoError(f"{self.title} is not installed: {self.if_missing}")
        return program


def _nginx_command(program: str, directory: Path) -> list[str | Path]:
    # Started by root, the workers would become nobody, who may not enter the directory.
    user = " user root root;" if os.geteuid() == 0 else ""
    where: list[str | Path] = ["-p", directory, "-c", directory / "nginx.conf", "-e", "stderr"]
    return [program, *where, "-g", f"daemon off;{user}"]


def _traefik_command(program: str, directory: Path) -> list[str | Path]:
    return [program, f"--configFile={directory / 'traefik.yaml'}"]


PROXIES = {
    proxy.name: proxy
    for proxy in (
        Proxy(
            "traefik",
            "Traefik",
            "`make demo` installs it into .venv, or try `make demo PROXY=nginx`",
            _traefik_command,
        ),
        Proxy(
            "nginx",
            "nginx",
            "install it (Debian, Ubuntu: `sudo apt-get install nginx`; macOS: `brew install"
            " nginx`), or run `make demo PROXY=traefik`, which needs nothing",
            _nginx_command,
        ),
    )
}
