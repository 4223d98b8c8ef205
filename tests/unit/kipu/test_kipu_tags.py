"""Tags of jobs: the user's are told from ours, and the registers of an Azure circuit are in one."""

from __future__ import annotations

import pytest

from ketbridge.clouds import submission_tag
from ketbridge.clouds.kipu import tags
from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import Format, Program, Readout, Register

A, B = Register("a", (0,)), Register("b", (1, 2))
CROOKED = Readout((2, None, 0), (A, B))


def submission(readout: Readout, form: Format = Format.IONQ_QIS) -> Submission:
    program = Program(form, b"{}", readout, 3)
    return Submission(Request("m", (program,), 10, tags=("mine", "kr")), "kipu")


def test_the_registers_of_an_azure_circuit_are_in_a_tag() -> None:
    found = tags.of(submission(CROOKED))

    assert tags.readout_in(found) == CROOKED
    assert tags.users(found) == ("mine", "kr")
    assert len(found) == 4


@pytest.mark.parametrize(
    ("readout", "form"),
    [
        (Readout.of_qubits(range(3)), Format.IONQ_QIS),
        (CROOKED, Format.OPENQASM2),
        (Readout((5, 1, 9, 2) * 60, ()), Format.IONQ_QIS),
    ],
)
def test_no_tag_is_needed_or_too_long(readout: Readout, form: Format) -> None:
    one = submission(readout, form)

    assert tags.of(one) == ["mine", "kr", submission_tag.of(one)]


@pytest.mark.parametrize("tag", ["kr", "kr!", "krypton", "kr" + "W1tb" * 40, "kr" + "W" * 100_000])
def test_a_users_tag_that_begins_like_ours_is_the_users(tag: str) -> None:
    assert tags.readout_in([tag]) is None
    assert tags.users([tag]) == (tag,)
