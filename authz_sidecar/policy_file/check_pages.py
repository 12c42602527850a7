"""Login and step-up pages must not need what they give: that would be a redirect loop."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from authz_sidecar.core.policy import Access, Policy, Resource
from authz_sidecar.core.request import Refusal
from authz_sidecar.core.request_target import canonical_host, canonical_paths
from authz_sidecar.located_yaml import Document, Path, Problem, shown
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
    rule = paths if isinstance(paths, Refusal) else upstream.match(Resource(paths, "GET"))
    if isinstance(rule, Refusal):
        return f"requests for this page would be refused: {rule.detail}"
    if rule is not None and rule.verdict is Access.PUBLIC:
        return None
    culprit = f"its rule {shown(rule.id)} would not" if rule else "none of its rules would"
    return (
        f"this page belongs to the upstream {shown(upstream.id)}, and {culprit} let a visitor"
        " see it: a redirect loop; give it `access: public`, in a rule before the others or in an"
        " upstream of its own"
    )
