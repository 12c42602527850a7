"""The credentials of the Stytch project, from the environment or from files."""

from collections.abc import Mapping
from pathlib import Path

from authz_sidecar.located_yaml import Document, Problem, shown
from authz_sidecar.settings.model import StytchModel

PROJECT_ID_VARIABLE = "STYTCH_PROJECT_ID"
SECRET_VARIABLE = "STYTCH_SECRET"  # noqa: S105 - the name of a variable


def read_project_id(
    model: StytchModel, environ: Mapping[str, str], document: Document
) -> str | Problem:
    """The project, from one of its two places, or what is wrong with it.

    Args:
        model: the part of the file.
        environ: the environment. An empty variable counts as absent.
        document: the file's places.
    """
    path = ("stytch", "project_id")
    told, given = model.project_id, environ.get(PROJECT_ID_VARIABLE)
    if told and given and told != given:
        message = f"{PROJECT_ID_VARIABLE} has another project id; remove one of them"
        return document.problem(path, message)
    project_id = told or given
    if not project_id:
        message = f"no project id; set {PROJECT_ID_VARIABLE}, or write `stytch.project_id`"
        return document.problem(path, message)
    if not _is_token(project_id):
        message = f"the project id {shown(project_id)} has a space or a character out of place"
        return document.problem(path, message)
    return project_id


def read_secret(
    model: StytchModel, environ: Mapping[str, str], directory: Path, document: Document
) -> str | Problem:
    """The secret, from one of its two places, or what is wrong with it, which repeats none of it.

    Args:
        model: the part of the file.
        environ: the environment. An empty variable counts as absent.
        directory: what the name of the secret's file is relative to.
        document: the file's places.
    """
    path = ("stytch", "secret_file")
    secret, name = environ.get(SECRET_VARIABLE), SECRET_VARIABLE
    if secret and model.secret_file:
        message = f"{SECRET_VARIABLE} has a secret, too; remove one of them"
        return document.problem(path, message)
    if model.secret_file:
        name = shown(model.secret_file)
        try:
            secret = (directory / model.secret_file).read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            return document.problem(path, f"{name} cannot be read: {error.strerror}")
        except UnicodeDecodeError:
            return document.problem(path, f"{name} is not text in UTF-8")
        if not secret:
            return document.problem(path, f"{name} is empty; write the secret into it")
    if not secret:
        message = f"no secret; set {SECRET_VARIABLE}, or write `stytch.secret_file`"
        return document.problem(path, message)
    if not _is_token(secret):
        message = f"the secret in {name} has a space, a line break or a character out of place"
        return document.problem(path, message)
    return secret


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text
