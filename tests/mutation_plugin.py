"""For `make mutate` alone: mutmut 3.8 reads an attribute of tests that pytest 9.2 has renamed."""

import pytest

if not hasattr(pytest.Item, "_nodeid"):
    pytest.Item._nodeid = property(lambda item: item.nodeid)  # type: ignore[attr-defined] # noqa: SLF001 - that attribute
