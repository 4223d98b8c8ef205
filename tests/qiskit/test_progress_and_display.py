"""What is shown of jobs while they are waited for, and of backends and jobs in a notebook."""

import io
import sys
from contextlib import redirect_stderr
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from qiskit import QuantumCircuit
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap

from ketbridge import JobState
from ketbridge import JobStatus as State
from ketbridge.errors import JobTimeout
from qiskit_ketbridge import KetbridgeProvider, backend, display, draw, progress

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUEUED = JobState(State.QUEUED, "ready", queue_position=3, expected_wait_s=90, expected_run_s=5)
RUNNING = JobState(State.RUNNING, "started")
DONE = JobState(
    State.DONE,
    "completed",
    run_s=2.0,
    created=START,
    started=START + timedelta(seconds=30),
    ended=START + timedelta(seconds=40),
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def bell():
    circuit = QuantumCircuit(2, name="<b>bell</b>")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    return circuit


@pytest.fixture
def terminal():
    return Terminal()


@pytest.fixture
def plain_terminal(terminal, monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    return terminal


def test_the_line_says_state_queue_and_times():
    assert progress.line("ionq/1", QUEUED, 12.34) == (
        "ionq/1: ready, 3 ahead, about 1 min 35 s expected (12 s)"
    )
    assert progress.line("ionq/1", RUNNING, 0.26) == "ionq/1: started (0.3 s)"


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "0.0 s"), (59.6, "1 min 0 s"), (3599, "59 min 59 s"), (7260, "2 h 1 min")],
)
def test_durations_are_in_two_units(time_s, text):
    assert progress.duration(time_s) == text


def test_the_bar_goes_forward_and_ends_full():
    fractions = [progress.fraction(QUEUED, 5), progress.fraction(QUEUED, 50)]

    assert 0 < fractions[0] < fractions[1] < 1
    assert progress.fraction(DONE, 1) == 1


def test_a_terminal_has_one_line_that_is_gone_afterwards(plain_terminal):
    with redirect_stderr(plain_terminal), progress.shown("ionq/1") as show:
        show(RUNNING, 0.6)
        show(QUEUED, 1.2)
    shown, last = plain_terminal.getvalue().split("\r")[1:3], plain_terminal.getvalue()

    assert shown[0].startswith("ionq/1: started")
    assert shown[1].startswith("ionq/1: ready")
    assert last.endswith("\r")
    assert "\n" not in last


def test_with_rich_a_terminal_has_a_spinner_and_no_markup(terminal):
    with redirect_stderr(terminal), progress.shown("[bold]ionq/1") as show:
        show(RUNNING, 0.6)

    assert "[bold]ionq/1: started" in terminal.getvalue()


def test_short_waits_show_nothing(plain_terminal):
    with redirect_stderr(plain_terminal), progress.shown("ionq/1") as show:
        show(RUNNING, 0.2)

    assert plain_terminal.getvalue() == ""


def test_false_shows_nothing(terminal):
    with redirect_stderr(terminal), progress.shown("ionq/1", False) as show:
        assert show is None


def test_what_is_no_terminal_shows_nothing():
    with redirect_stderr(io.StringIO()), progress.shown("ionq/1", True) as show:
        assert show is None


def test_a_wait_shows_progress_in_a_terminal(plain_terminal, slow_machine):
    with redirect_stderr(plain_terminal), pytest.raises(JobTimeout):
        slow_machine.run(bell()).wait(2)

    assert "sandbox:ionq/" in plain_terminal.getvalue()


def test_a_wait_with_progress_false_is_silent(plain_terminal, slow_machine):
    with redirect_stderr(plain_terminal), pytest.raises(JobTimeout):
        slow_machine.run(bell()).result(2, progress=False)

    assert plain_terminal.getvalue() == ""


def test_a_function_is_called_instead(simulator):
    seen = []
    simulator.run(bell()).result(60, progress=lambda state, elapsed_s: seen.append(state.status))

    assert seen[-1] is State.DONE


def test_a_bar_is_escaped():
    assert "<b>" not in progress.bar_html("<b>", 0.5)


def test_a_notebook_has_a_bar(monkeypatch):
    ipython = pytest.importorskip("IPython")
    shell = type("ZMQInteractiveShell", (), {})()
    monkeypatch.setattr(ipython, "get_ipython", lambda: shell)

    assert isinstance(progress.screen_of(io.StringIO()), progress.NotebookBar)


def test_a_job_s_time_line_is_to_scale():
    drawn = display.time_line(DONE)

    assert "queued 30 s, ran 10 s" in drawn
    assert "width:15.00em" in drawn
    assert "width:5.00em" in drawn


def test_a_job_that_has_not_started_has_no_time_line():
    assert display.time_line(replace(DONE, started=None)) == ""


def test_a_job_shows_without_a_request_what_is_known(simulator, running):
    made = simulator.run(bell(), name="<script>", tags=["<i>"])
    before = sum(running.requests().values())
    unknown = made._repr_html_()

    assert sum(running.requests().values()) == before
    assert "not asked for yet" in unknown
    made.result(60)
    assert "completed" in made._repr_html_()
    assert "queued" in made._repr_html_()


def test_values_of_the_service_are_escaped(simulator):
    simulator.run(bell(), name="<script>", tags=["<i>"])
    listed = next(KetbridgeProvider("sandbox:ionq").jobs(1, tags=["<i>"]))
    shown = listed._repr_html_()

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "&lt;i&gt;" in shown


def test_a_backend_shows_without_a_request_what_is_known(running):
    forte = backend("sandbox:ionq/qpu.forte-1")
    before = sum(running.requests().values())

    assert "not asked for yet" in forte._repr_html_()
    assert sum(running.requests().values()) == before
    assert forte.target is not None
    for text in ("36", "gpi2", "2 qubits", "T1", "cx"):
        assert text in forte._repr_html_()


def test_a_calibration_of_the_past_differs_from_the_newest(machine):
    newest = machine.calibration()
    earlier = machine.calibration(newest.date - timedelta(seconds=1))

    assert earlier.date < newest.date
    assert machine.calibration(datetime.now(UTC)).id == newest.id
    assert machine.calibration(datetime(2000, 1, 1, tzinfo=UTC)) is None


def test_the_simulator_has_no_calibration(simulator):
    assert simulator.calibration() is None


def test_refreshing_asks_the_service_again(machine, running):
    assert machine.num_qubits
    before = sum(running.requests().values())
    machine.refresh()

    assert machine.num_qubits
    assert sum(running.requests().values()) > before


def test_a_machine_is_drawn_with_its_errors(machine):
    figure = machine.draw()
    texts = {text.get_text() for text in figure.axes[0].texts}

    assert {str(qubit) for qubit in range(machine.num_qubits)} <= texts
    assert any(text.startswith("two-qubit error") for text in texts)
    assert figure.axes[0].get_title() == machine.address


def test_errors_that_differ_get_a_scale():
    target = GenericBackendV2(6, coupling_map=CouplingMap.from_grid(2, 3), seed=1).target
    figure = draw.coupling_map(target, "grid")

    assert {axes.get_xlabel() for axes in figure.axes[1:]} == {"two-qubit error", "readout error"}
