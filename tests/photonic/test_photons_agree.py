"""Random interferometers through the sandbox: what permanents say, and Perceval's own simulator."""

from __future__ import annotations

import random

import numpy as np
import perceval as pcvl
import pytest
from oracles.photons import distribution
from perceval.algorithm import Sampler
from scipy.stats import chisquare

from ketbridge import photonic

SEEDS = range(60)
SAMPLED = range(100, 112)
SAMPLES = 4000


class Case:
    """A random experiment, and the permanents' answer to it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.modes = rng.randint(2, 6)
        photons = rng.randint(1, 4)
        self.given = [0] * self.modes
        for _ in range(photons):
            self.given[rng.randrange(self.modes)] += 1
        self.unitary = _haar(self.modes, seed)
        self.heralds = {self.modes - 1: self.given[-1]} if rng.random() < 0.3 else {}
        free = [mode for mode in range(self.modes) if mode not in self.heralds]
        self.thresholds = [mode for mode in free if rng.random() < 0.25]
        self.fewest = 0 if self.thresholds else sum(self.given) - sum(self.heralds.values())
        self.chosen = (rng.randrange(len(free)), rng.randint(0, 1)) if rng.random() < 0.4 else None

    @property
    def experiment(self) -> pcvl.Experiment:
        made = pcvl.Experiment(pcvl.Unitary(pcvl.Matrix(self.unitary)))
        for mode, count in self.heralds.items():
            made.add_herald(mode, count)
        for mode in self.thresholds:
            made.add(mode, pcvl.Detector.threshold())
        made.min_detected_photons_filter(self.fewest)
        if self.chosen:
            mode, count = self.chosen
            made.set_postselection(pcvl.PostSelect(f"[{mode}] == {count}"))
        made.with_input(
            pcvl.BasicState([n for m, n in enumerate(self.given) if m not in self.heralds])
        )
        return made

    @property
    def expected(self) -> dict[tuple[int, ...], float]:
        return distribution(
            self.unitary,
            self.given,
            thresholds=self.thresholds,
            heralds=self.heralds,
            keep=self._is_kept,
        )

    def _is_kept(self, state: tuple[int, ...]) -> bool:
        chosen = self.chosen is None or state[self.chosen[0]] == self.chosen[1]
        return chosen and sum(state) >= self.fewest


def _haar(size: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    q, r = np.linalg.qr(rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size)))
    return q * (np.diag(r) / np.abs(np.diag(r)))


def _plain(results) -> dict[tuple[int, ...], float]:
    return {tuple(state): value for state, value in results.items()}


def _difference(one, other) -> float:
    return max((abs(one.get(s, 0) - other.get(s, 0)) for s in {*one, *other}), default=0.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_probabilities_are_those_of_permanents_and_of_perceval_itself(simulator, seed):
    case = Case(seed)

    found = photonic.run(case.experiment, simulator, "probs", shots=100).result(60)

    assert _difference(_plain(found["results"]), case.expected) < 1e-6
    local = Sampler(pcvl.Processor("SLOS", case.experiment)).probs()
    assert _difference(_plain(found["results"]), _plain(local["results"])) < 1e-6
    assert found["global_perf"] == pytest.approx(local["global_perf"])


@pytest.mark.parametrize("command", ["sample_count", "samples"])
@pytest.mark.parametrize("seed", SAMPLED)
def test_samples_are_distributed_as_permanents_say(simulator, seed, command):
    case = Case(seed)
    expected = case.expected

    found = photonic.run(case.experiment, simulator, command, shots=SAMPLES).result(60)["results"]

    counts: dict[tuple[int, ...], int] = {}
    for state in found:
        counts[tuple(state)] = counts.get(tuple(state), 0) + (
            found[state] if command == "sample_count" else 1
        )
    if not expected:
        assert not counts
        return
    assert sum(counts.values()) == SAMPLES
    assert set(counts) <= set(expected)
    common = [state for state, p in expected.items() if p * SAMPLES >= 5]
    rest = 1 - sum(expected[state] for state in common)
    seen = [counts.get(state, 0) for state in common]
    wanted = [expected[state] * SAMPLES for state in common]
    if rest * SAMPLES >= 5:
        seen, wanted = [*seen, SAMPLES - sum(seen)], [*wanted, rest * SAMPLES]
    elif sum(seen) != SAMPLES:
        seen[0], wanted[0] = seen[0] + SAMPLES - sum(seen), wanted[0] + rest * SAMPLES
    wanted = [one * sum(seen) / sum(wanted) for one in wanted]
    assert len(seen) == 1 or chisquare(seen, wanted).pvalue > 1e-6
