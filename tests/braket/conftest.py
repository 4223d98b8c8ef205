"""Braket's own packages warn on import and at use; their warnings are not ours to fix."""

import warnings

import pytest

_FROM_BRAKET = (
    "ignore:.*:DeprecationWarning:braket",
    "ignore:.*:DeprecationWarning:pydantic",
    "ignore:.*:UserWarning:pydantic",
)


def pytest_collection_modifyitems(items):
    for item in items:
        for text in _FROM_BRAKET:
            item.add_marker(pytest.mark.filterwarnings(text))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import braket.circuits
    import braket.devices  # noqa: F401
