"""The names that users may rely on; a change here is a change for them."""

from __future__ import annotations

import ketbridge

PUBLIC = (
    *("Address", "BackendInfo", "Calibration", "Cost", "Format", "JobInfo", "JobState"),
    *("JobStatus", "Measurements", "Program", "Readout", "Register"),
    *("connect", "errors", "job", "sandbox"),
)


def test_public_names_of_the_core():
    assert tuple(ketbridge.__all__) == PUBLIC
    assert all(hasattr(ketbridge, name) for name in PUBLIC)
