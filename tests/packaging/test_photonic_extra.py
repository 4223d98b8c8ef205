"""Without Perceval: the core does not load it, and what needs it says how to install it."""

from __future__ import annotations

import sys

import pytest
from support.commands import run

BLOCKED = "import sys; sys.modules['perceval'] = None; "
"""Makes Python believe that Perceval is not installed."""


@pytest.mark.parametrize(
    "statement", ["import ketbridge", "import ketbridge.cli", "import ketbridge.clouds.kipu.cloud"]
)
def test_nothing_loads_perceval_by_itself(statement):
    shown = run(sys.executable, "-c", f"{statement}; import sys; print('perceval' in sys.modules)")
    assert shown == "False\n"


def test_the_photonic_module_says_how_to_install_perceval():
    code = BLOCKED + (
        "\ntry:\n    import ketbridge.photonic\n"
        "except ImportError as error:\n    print(type(error).__name__, error, sep='|')"
    )
    expected = "perceval-quandela is not installed: pip install 'ketbridge[photonic]'"
    assert run(sys.executable, "-c", code) == f"MissingExtraError|{expected}\n"


def test_without_perceval_the_sandbox_says_why_its_machines_are_offline():
    code = BLOCKED + (
        "\nimport ketbridge\n"
        "from ketbridge.jobs.submission import Request\n"
        "from ketbridge.programs import Format, Program, Readout\n"
        'program = Program(Format.PERCEVAL, b\'{"command":"probs"}\', Readout(()), 1)\n'
        "with ketbridge.sandbox.start() as running:\n"
        "    account = running.accounts['kipu']\n"
        "    cloud = ketbridge.connect('kipu', token=account.token, url=account.url)\n"
        "    found = {one.name: one for one in cloud.backends()}['quandela.sim.altair']\n"
        "    print(found.detail.backend.documentation.description)\n"
        "    print(cloud.backend('quandela.qpu.belenos').online)\n"
        "    job = cloud.submit(Request('quandela.sim.altair', (program,), 1))\n"
        "    print(job.wait(10).failure_code)\n"
    )
    why, online, failure = run(sys.executable, "-c", code).splitlines()
    assert why == "Offline: the package perceval-quandela (extra photonic) is not installed."
    assert (online, failure) == ("False", "BackendOffline")


def test_an_old_perceval_is_refused_with_the_version_that_is_needed(tmp_path):
    (tmp_path / "perceval").mkdir()
    (tmp_path / "perceval" / "__init__.py").touch()
    described = tmp_path / "perceval_quandela-1.2.4.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: perceval-quandela\nVersion: 1.2.4\n"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "try:\n    import ketbridge.photonic\n"
        "except ImportError as error:\n    print(error)"
    )
    shown = run(sys.executable, "-c", code)
    assert shown.startswith("perceval-quandela 1.3 or newer is not installed: pip install")


@pytest.mark.xdist_group("wheel")
def test_a_perceval_that_is_not_there_is_not_stood_in_for(bare_python):
    code = (
        "import ketbridge.standins as standins; standins.install('kipu/quandela.sim.altair')\n"
        "try:\n    import perceval\n"
        "except ModuleNotFoundError as error:\n    print(error)"
    )
    assert run(bare_python, "-c", code) == "No module named 'perceval'\n"
