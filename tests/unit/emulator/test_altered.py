import pytest

from authz_sidecar.emulator.altered import altered
from authz_sidecar.emulator.wire import Json


@pytest.mark.parametrize(
    ("set_fields", "drop_fields", "expected"),
    [
        ({}, [], {"a": {"b": 1}, "c": [{"d": 1}, {"d": 2}, 3]}),
        ({"a": None}, ["c"], {"a": None}),
        ({"a.b": 2, "a.new": 3}, [], {"a": {"b": 2, "new": 3}, "c": [{"d": 1}, {"d": 2}, 3]}),
        ({"c.d": 9}, ["a"], {"c": [{"d": 9}, {"d": 9}, 3]}),
        ({}, ["c.d", "a.b.x", "x.y", "nothing"], {"a": {"b": 1}, "c": [{}, {}, 3]}),
    ],
)
def test_paths_lead_through_objects_and_lists(
    set_fields: Json, drop_fields: list[str], expected: Json
) -> None:
    answer: Json = {"a": {"b": 1}, "c": [{"d": 1}, {"d": 2}, 3]}
    assert altered(answer, set_fields, drop_fields) == expected
