"""The way from bytes to a policy: YAML, then the schema, then the checks, then the values."""

from hashlib import sha256

from authz_sidecar.core.policy import Policy
from authz_sidecar.located_yaml import Problem, compose, validate
from authz_sidecar.policy_file.checks import check
from authz_sidecar.policy_file.compile import compile_policy
from authz_sidecar.policy_file.schema import PolicyModel

_REVISION_LENGTH = 12


def load_policy(data: bytes, file: str) -> Policy | list[Problem]:
    """Read a policy.

    Args:
        data: the content of the file.
        file: the name that problems carry.

    Returns:
        The policy; its revision is the beginning of the SHA-256 of `data`. Or every problem that
        the first failing stage finds, sorted: YAML, keys and values, then what they mean.
    """
    document = compose(data, file)
    if isinstance(document, list):
        return document
    model = validate(document, PolicyModel)
    if isinstance(model, list):
        return model
    policy = compile_policy(model, sha256(data).hexdigest()[:_REVISION_LENGTH])
    problems = check(model, policy, document)
    return sorted(problems) if problems else policy
