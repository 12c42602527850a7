"""nginx with the files of `deploy/nginx`."""

import os
from pathlib import Path

from tests.integration.proxies.launcher import Launcher


def _command(program: str, directory: Path) -> list[str | Path]:
    # Started by root, the workers would become nobody, who may not enter the test's directory.
    user = " user root root;" if os.geteuid() == 0 else ""
    settings = f"daemon off;{user}"
    return [
        program,
        "-p",
        directory,
        "-c",
        directory / "nginx.conf",
        "-e",
        "stderr",
        "-g",
        settings,
    ]


NGINX = Launcher("nginx", _command)
