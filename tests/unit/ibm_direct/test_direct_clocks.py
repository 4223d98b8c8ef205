"""The clock of this computer may be wrong by as much as a store allows, and more is said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from support.ibm_programs import sampled

from ketbridge.errors import AuthenticationFailed


@pytest.fixture
def shifted(monkeypatch):
    """Shift the clock that requests and URLs are signed by."""
    import botocore.auth

    right = botocore.auth.get_current_datetime

    def shift(minutes: float) -> None:
        monkeypatch.setattr(
            "botocore.auth.get_current_datetime",
            lambda *given, **named: right(*given, **named) + timedelta(minutes=minutes),
        )

    return shift


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_job_runs_where_the_clock_is_a_little_wrong(cloud, shifted, minutes):
    shifted(minutes)
    assert cloud.submit(sampled()).result(timeout_s=30)[0].shots == 200


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_is_too_wrong_makes_no_job(cloud, server, shifted, minutes):
    shifted(minutes)
    with pytest.raises(AuthenticationFailed, match="clock of this computer"):
        cloud.submit(sampled())
    assert (server.jobs(), server.requests().get("job.create")) == ([], None)
