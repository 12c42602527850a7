"""The way from the file and the environment to settings, or to every problem."""

from collections.abc import Mapping
from pathlib import Path

from authz_sidecar.dialects.client_ip import ClientIpSource
from authz_sidecar.dialects.fresh_jwt import FreshJwtCookie
from authz_sidecar.dialects.identity import IdentityHeaders
from authz_sidecar.located_yaml import Problem, compose, validate
from authz_sidecar.settings.checks import check
from authz_sidecar.settings.credentials import read_project_id, read_secret
from authz_sidecar.settings.model import ClientIpModel, SessionModel, SettingsModel
from authz_sidecar.settings.values import SessionSettings, Settings, StytchSettings


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings | list[Problem]:
    """Read the settings file, the environment, and the file with the secret.

    Args:
        path: the settings file; the paths in it are relative to its directory.
        environ: the environment. An empty variable counts as absent.

    Returns:
        The settings, or every problem that could be found, sorted.
    """
    file = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return [Problem(file, 1, 1, "", f"cannot be read: {error.strerror}")]
    document = compose(data, file)
    if isinstance(document, list):
        return document
    model = validate(document, SettingsModel)
    if isinstance(model, list):
        return model
    problems = [*check(model, document)]
    directory = path.absolute().parent
    project_id = read_project_id(model.stytch, environ, document)
    secret = read_secret(model.stytch, environ, directory, document)
    problems += [found for found in (project_id, secret) if isinstance(found, Problem)]
    if problems or isinstance(project_id, Problem) or isinstance(secret, Problem):
        return sorted(problems)
    stytch = StytchSettings(project_id, secret, model.stytch.base_url, model.stytch.timeout)
    return _settings(model, stytch, directory)


def _settings(model: SettingsModel, stytch: StytchSettings, directory: Path) -> Settings:
    return Settings(
        policy=directory / model.policy,
        listen=model.listen,
        admin_listen=model.admin_listen,
        trusted_proxies=model.trusted_proxies,
        dialects=model.dialects,
        default_dialect=model.default_dialect,
        deadline=model.deadline,
        shutdown_timeout=model.shutdown_timeout,
        client_ip=_client_ip(model.client_ip),
        identity_headers=IdentityHeaders(
            model.identity_headers.presets, tuple(model.identity_headers.claims.items())
        ),
        stytch=stytch,
        session=_session(model.session),
    )


def _session(model: SessionModel) -> SessionSettings:
    cookie = None
    if model.renew_jwt is not None:
        cookie = FreshJwtCookie(model.jwt_cookie, model.renew_jwt.path, model.renew_jwt.domain)
    return SessionSettings(model.cookie, model.jwt_cookie, cookie, model.cache_entries)


def _client_ip(model: ClientIpModel | None) -> ClientIpSource | None:
    return None if model is None else ClientIpSource(model.header, model.trusted_hops)
