"""Answers with other fields than Stytch would give."""

from collections.abc import Iterable, Iterator, Mapping

from authz_sidecar.emulator.wire import Json


def altered(answer: Json, set_fields: Mapping[str, object], drop_fields: Iterable[str]) -> Json:
    """Return an answer with some fields set or dropped; it is changed in place.

    A path leads through objects by its dots, and through every item of a list on its way:
    `session.authentication_factors.type` is the type of every factor. Where it leads nowhere
    nothing is changed.

    Args:
        answer: as JSON was decoded.
        set_fields: new values by path.
        drop_fields: paths of fields to leave out.
    """
    for path, value in set_fields.items():
        *way, name = path.split(".")
        for holder in _holders(answer, way):
            holder[name] = value
    for path in drop_fields:
        *way, name = path.split(".")
        for holder in _holders(answer, way):
            holder.pop(name, None)
    return answer


def _holders(node: object, way: list[str]) -> Iterator[Json]:
    if isinstance(node, list):
        for item in node:
            yield from _holders(item, way)
    elif isinstance(node, dict):
        if way:
            yield from _holders(node.get(way[0]), way[1:])
        else:
            yield node
