"""Copies of configuration files that differ from the shipped ones in nothing but addresses."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.demo.errors import DemoError


def copy_with_addresses(
    files: Iterable[Path], directory: Path, addresses: Mapping[str, str]
) -> None:
    """Copy configuration files with other addresses.

    Args:
        files: the shipped files.
        directory: where the copies go, by the same names.
        addresses: from the documented to the wanted address.

    Raises:
        DemoError: a documented address is not exactly once in the files, so that they are no
            longer what the documentation says.
    """
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(files)}
    for documented, wanted in addresses.items():
        places = [name for name, text in texts.items() for _ in range(text.count(documented))]
        if len(places) != 1:
            raise DemoError(f"{documented} is not once in {', '.join(texts)}, but in: {places}")
        texts[places[0]] = texts[places[0]].replace(documented, wanted)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8")
