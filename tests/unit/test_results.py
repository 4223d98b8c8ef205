"""Measurements: bit order, sampling, selection of bits, against plain Python integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketbridge import Measurements, Readout


@st.composite
def histograms(draw, max_bits=70):
    width = draw(st.integers(1, max_bits))
    states = st.integers(0, 2**width - 1)
    return width, draw(st.dictionaries(states, st.integers(1, 50), min_size=1, max_size=20))


def in_python(counts, sources):
    """What `select` promises, said with integers."""
    merged = {}
    for state, count in counts.items():
        new = sum(((state >> s) & 1) << j for j, s in enumerate(sources) if s is not None)
        merged[new] = merged.get(new, 0) + count
    return {format(s, f"0{len(sources)}b") if sources else "": c for s, c in merged.items()}


@given(histograms(), st.data())
@settings(deadline=None)
def test_select_moves_drops_and_merges_bits_as_integers_would(histogram, data):
    width, counts = histogram
    source = st.one_of(st.none(), st.integers(0, width - 1))
    sources = data.draw(st.lists(source, max_size=75))
    chosen = Measurements.from_counts(counts, width).select(sources)
    assert chosen.counts == in_python(counts, sources)
    assert chosen.shots == sum(counts.values())


@given(histograms(max_bits=20), st.data())
@settings(deadline=None)
def test_memory_survives_selection_shot_by_shot(histogram, data):
    width, counts = histogram
    outcomes = [state for state, count in counts.items() for _ in range(count)]
    sources = data.draw(st.lists(st.integers(0, width - 1), min_size=1, max_size=12))
    bits = Measurements.from_shots(outcomes, width).select(sources).bits
    assert bits.tolist() == [[(state >> s) & 1 for s in sources] for state in outcomes]


@given(histograms(max_bits=12), st.integers(1, 5000), st.integers())
@settings(deadline=None)
def test_drawn_shots_sum_up_and_repeat_with_the_seed(histogram, shots, seed):
    width, counts = histogram
    total = sum(counts.values())
    exact = Measurements.from_probabilities({s: c / total for s, c in counts.items()}, width)
    drawn = exact.sampled(shots, seed)
    assert sum(drawn.counts.values()) == drawn.shots == len(drawn.memory) == shots
    assert drawn == exact.sampled(shots, seed)
    assert drawn.counts == Measurements.from_memory(drawn.memory, width).counts


def test_bit_zero_is_rightmost_in_text_and_first_in_arrays():
    one_shot = Measurements.from_shots([0b01], 2)
    assert one_shot.counts == {"01": 1}
    assert one_shot.bits.tolist() == [[1, 0]]


def test_seeded_shots_are_pinned():
    """A result must not change with a new release: it is recomputed, not stored."""
    bell = Measurements.from_probabilities({0: 0.5, 3: 0.5}, 2)
    job_id = "617a1f8b-59d4-435d-aa33-695433d7155e"
    assert bell.sampled(1000, job_id).counts == {"00": 499, "11": 501}


def test_shuffled_keeps_the_counts():
    counted = Measurements.from_counts({0: 3, 5: 4}, 3)
    assert counted.shuffled("job").counts == counted.counts
    assert len(counted.shuffled("job").bits) == 7


def test_a_readout_puts_qubits_into_classical_bits():
    measured = Measurements.from_counts({0b100: 5, 0b011: 2}, 3)
    assert measured.read(Readout((2, None, 0))).counts == {"001": 5, "100": 2}


@pytest.mark.parametrize(
    "make",
    [
        lambda: Measurements.from_counts({4: 1}, 2),
        lambda: Measurements.from_counts({-1: 1}, 2),
        lambda: Measurements.from_counts({1: -1}, 2),
        lambda: Measurements.from_probabilities({0: 0.5}, 1),
        lambda: Measurements.from_probabilities({0: float("nan")}, 1),
        lambda: Measurements.from_probabilities({0: 1.5, 1: -0.5}, 1),
        lambda: Measurements.from_counts({1: 1}, 2).sampled(10, 1),
        lambda: Measurements.from_counts({1: 1}, 2).select([2]),
    ],
)
def test_what_is_no_measurement_is_refused(make):
    with pytest.raises(ValueError):
        make()


def test_large_results_are_selected_in_compact_arrays():
    outcomes = np.random.default_rng(1).integers(0, 2**20, 100_000)
    flipped = Measurements.from_shots(outcomes.tolist(), 20).select(range(19, -1, -1))
    assert flipped.memory.shape == (100_000, 3)
    assert flipped.bits[:, ::-1].tolist() == [[(o >> k) & 1 for k in range(20)] for o in outcomes]


def test_no_shots_are_no_counts():
    assert Measurements.from_shots([], 3).counts == {}
    assert Measurements.from_shots([], 3).select([]).counts == {}
