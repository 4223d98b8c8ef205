"""The wheel without extras: what works, and how what is missing is named."""

from __future__ import annotations

import pytest
from support.commands import run

pytestmark = pytest.mark.xdist_group("wheel")

MISSING = {
    "import qiskit_ketbridge": "pip install 'ketbridge[qiskit]'",
    "import braket_ketbridge": "pip install 'ketbridge[braket]'",
    "from qiskit_ketbridge import backend": "pip install 'ketbridge[qiskit]'",
    "from braket_ketbridge import KetbridgeDevice": "pip install 'ketbridge[braket]'",
    "import ketbridge; ketbridge.sandbox.start()": "pip install 'ketbridge[sandbox]'",
    "import ketbridge.photonic": "pip install 'ketbridge[photonic]'",
}


def test_the_core_works(bare_python):
    code = "import ketbridge; print(ketbridge.Address.parse('work:ionq/simulator').account)"
    assert run(bare_python, "-c", code) == "work\n"


@pytest.mark.parametrize("statement", MISSING)
def test_what_is_missing_is_an_import_error_with_the_command_that_installs_it(
    bare_python, statement
):
    code = (
        "try:\n    "
        + statement
        + "\nexcept ImportError as error:\n    print(type(error).__name__, error, sep='|')"
    )
    kind, _, sentence = run(bare_python, "-c", code).strip().partition("|")
    assert kind == "MissingExtraError"
    assert sentence.endswith(MISSING[statement])


def test_the_command_says_the_same_without_a_traceback(bare_python):
    code = (
        "import subprocess, sys; done = subprocess.run([sys.executable, '-m', 'ketbridge', 'demo'],"
        " capture_output=True, text=True); print(done.returncode, done.stderr)"
    )
    shown = run(bare_python, "-c", code)
    assert shown.startswith("1 error: ")
    assert "pip install 'ketbridge[" in shown
    assert "Traceback" not in shown


def test_the_command_shows_its_help(bare_python):
    assert "sandbox" in run(bare_python, "-m", "ketbridge", "--help")
