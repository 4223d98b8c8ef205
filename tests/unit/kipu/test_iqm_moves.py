"""Moves to resonators: no more than it takes, by IQM's rules, and without a change of meaning."""

from __future__ import annotations

import json
import random

import pytest
from oracles import iqm_json as oracle
from oracles import iqm_rules
from support.iqm_machines import Loci, names, star, with_resonators

from ketbridge.errors import ProgramError
from ketbridge.programs import iqm_json
from ketbridge.programs.iqm_moves import Joints, Step, with_moves

TWO = with_resonators(
    {"CR1": ("QB1", "QB2", "QB3"), "CR2": ("QB3", "QB4", "QB5")}, [("QB1", "QB5")]
)


def prx(qubit: str, angle: float = 0.25, phase: float = 0.1) -> Step:
    return Step("prx", (qubit,), iqm_json.PRX % (qubit, angle, phase))


def cz(one: str, other: str) -> Step:
    return Step("cz", (one, other), iqm_json.CZ % (one, other))


def read(qubit: str) -> Step:
    return Step("measure", (qubit,), iqm_json.measure(qubit, f"m_1_{qubit[2:]}_0"))


def written(steps: list[Step], loci: Loci) -> bytes:
    return iqm_json.wrap(with_moves(steps, Joints(loci)))


def short(body: bytes) -> list[str]:
    return [f"{one['name']} {' '.join(one['qubits'])}" for one in json.loads(body)["instructions"]]


def test_a_state_stays_in_the_resonator_for_all_its_cz() -> None:
    steps = [cz("QB2", "QB1"), prx("QB2"), cz("QB3", "QB1"), prx("QB1"), read("QB1")]

    assert [one for one in short(written(steps, star(3))) if not one.startswith("prx QB2")] == [
        "move QB1 CR1", "cz QB2 CR1", "cz QB3 CR1", "move QB1 CR1", "prx QB1", "measure QB1",
    ]  # fmt: skip


def test_a_full_resonator_is_emptied_before_another_state_is_moved() -> None:
    steps = [cz("QB1", "QB2"), cz("QB3", "QB4"), read("QB3")]
    found = short(written(steps, star(4)))

    assert found[2:5] == [found[0], "move QB4 CR1", "cz QB3 CR1"]


def test_qubits_that_have_a_cz_are_not_moved() -> None:
    assert short(written([cz("QB5", "QB1")], TWO)) == ["cz QB5 QB1"]


def test_qubits_around_different_resonators_cannot_be_joined() -> None:
    with pytest.raises(ProgramError, match="no cz that joins QB1 and QB4"):
        written([cz("QB1", "QB4")], TWO)


@pytest.mark.parametrize("loci", [star(5), TWO], ids=["star", "two resonators"])
@pytest.mark.parametrize("seed", range(30))
def test_moves_keep_the_rules_and_the_meaning(loci: Loci, seed: int) -> None:
    rng, joints, qubits = random.Random(seed), Joints(loci), names(5)
    steps = [prx(qubit, rng.random(), rng.random()) for qubit in qubits]
    while len(steps) < 40:
        one, other = rng.sample(qubits, 2)
        if rng.random() < 0.6 and joints.join(one, other):
            steps.append(cz(one, other))
        else:
            steps.append(prx(one, rng.random(), rng.random()))
    steps += [read(qubit) for qubit in qubits]
    body = written(steps, loci)

    assert iqm_rules.broken(body, loci) is None
    plain = oracle.distribution(iqm_json.wrap(step.text for step in steps))
    assert oracle.distribution(body) == pytest.approx(plain, abs=1e-9)
