"""The way from bytes to a policy: YAML, then the schema, then the checks, then the values."""

from dataclasses import dataclass
from hashlib import sha256

from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Document, Problem, compose, validate
from authz_sidecar.policy_file.checks import check
from authz_sidecar.policy_file.compile import compile_policy
from authz_sidecar.policy_file.review import review
from authz_sidecar.policy_file.schema import PolicyModel

_REVISION_LENGTH = 12


@dataclass(frozen=True, slots=True)
class _Sound:
    """A file without problems, at every stage of its reading."""

    document: Document
    model: PolicyModel
    policy: Policy


def load_policy(data: bytes, file: str) -> Policy | list[Problem]:
    """Read a policy.

    Args:
        data: the content of the file.
        file: the name that problems carry.

    Returns:
        The policy; its revision is the beginning of the SHA-256 of `data`. Or every problem that
        the first failing stage finds, sorted: YAML, keys and values, then what they mean.
    """
    read = _read(data, file)
    return read.policy if isinstance(read, _Sound) else read


def review_policy(data: bytes, file: str, *, client_ip: bool = True) -> list[Problem]:
    """Look for what a policy says and hardly means.

    Apart from `load_policy`, since whoever reloads a policy that others have reviewed does not wait
    for this.

    Args:
        data: the content of the file.
        file: the name that warnings carry.
        client_ip: whether the client's address can be told, as the settings have it.

    Returns:
        The warnings, sorted; none for a file that has problems.
    """
    read = _read(data, file)
    if not isinstance(read, _Sound):
        return []
    return review(read.model, read.policy, read.document, client_ip=client_ip)


def _read(data: bytes, file: str) -> _Sound | list[Problem]:
    document = compose(data, file)
    if isinstance(document, list):
        return document
    model = validate(document, PolicyModel)
    if isinstance(model, list):
        return model
    policy = compile_policy(model, sha256(data).hexdigest()[:_REVISION_LENGTH])
    problems = check(model, policy, document)
    return problems or _Sound(document, model, policy)
