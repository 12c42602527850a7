"""Login and step-up pages must not need what they give: that would be a redirect loop."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from authz_sidecar.core.policy import (
    Access,
    OptionalAccess,
    Policy,
    Requirement,
    Resource,
    Rule,
    Upstream,
)
from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host, canonical_paths
from authz_sidecar.located_yaml import Document, Path, Problem, shown
from authz_sidecar.policy_file.clients import clients_of
from authz_sidecar.policy_file.schema import PolicyModel

_DEFAULT_PORTS = {None, 80, 443}
_PAGES = ("login_url", "step_up_url")


def check_pages(model: PolicyModel, policy: Policy, document: Document) -> Iterator[Problem]:
    """The problems with pages that the policy itself would not let a visitor see."""
    owners: list[tuple[Path, object]] = [((), model)]
    owners += [(("upstreams", u), upstream) for u, upstream in enumerate(model.upstreams)]
    for path, owner in owners:
        for key in _PAGES:
            url = getattr(owner, key)
            fault = _fault(url, policy) if url is not None else None
            if fault is not None:
                yield document.problem((*path, key), fault)


def _fault(url: str, policy: Policy) -> str | None:
    parts = urlsplit(url)
    if parts.port not in _DEFAULT_PORTS:
        return None  # Hosts match without their ports, so this may well be another server.
    host = canonical_host(parts.netloc)
    upstream = policy.upstream_for(host) if isinstance(host, str) else None
    if upstream is None:
        return None
    paths = canonical_paths(parts.path or "/", upstream.path_rules)
    if isinstance(paths, Refusal):
        return f"requests for this page would be refused: {paths.detail}"
    return _closed(upstream, paths)


def _closed(upstream: Upstream, paths: tuple[str, ...]) -> str | None:
    """Why not every visitor who is sent to the page may see it.

    Who gets a plain 403 instead was not sent there by a challenge of the same rules, so that is a
    fault only where it is so for everybody.
    """
    found = [
        upstream.match(Resource(paths, "GET", client_ip=each)) for each in clients_of(upstream)
    ]
    refusal = next((rule for rule in found if isinstance(rule, Refusal)), None)
    if refusal is not None:
        return f"requests for this page would be refused: {refusal.detail}"
    rules = [rule for rule in found if isinstance(rule, Rule)]
    challenging = next((rule for rule in rules if isinstance(rule.verdict, Requirement)), None)
    if challenging is None and any(map(_is_open, rules)):
        return None
    culprit = challenging or next(iter(rules), None)
    whose = f"its rule {shown(culprit.id)} would not" if culprit else "none of its rules would"
    return (
        f"this page belongs to the upstream {shown(upstream.id)}, and {whose} let a visitor"
        " see it: a redirect loop; give it `access: public`, in a rule before the others or in an"
        " upstream of its own"
    )


def _is_open(rule: Rule) -> bool:
    return rule.verdict is Access.PUBLIC or isinstance(rule.verdict, OptionalAccess)
