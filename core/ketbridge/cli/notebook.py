"""``ketbridge notebook run``: a notebook from its first cell to its last, on one machine."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..accounts import SANDBOX
from ..address import Address
from ..errors import KetbridgeError, MissingExtraError
from .console import spinner

ON_VARIABLE = "KETBRIDGE_ON"
KERNEL = "python3"
"""The kernel of this environment, whatever the notebook was written with."""
_BEGIN = f"import os, ketbridge.standins as _; _.install(os.environ['{ON_VARIABLE}']); del os, _"
"""What the kernel runs before the first cell."""


class NotebookFailed(KetbridgeError):
    """A cell of a notebook raised an error."""


@click.group()
def notebook() -> None:
    """Run notebooks."""


@notebook.command("run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "address", required=True, metavar="ADDRESS", help="Where circuits run.")
@click.option("--timeout-s", type=float, help="Longest time a cell may take.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the executed notebook is written; by default FILE-executed.ipynb.",
)
def run(file: Path, address: str, timeout_s: float | None, output: Path | None) -> None:
    """Execute a notebook with its circuits on ADDRESS.

    The cells are not changed. Machines of Qiskit Runtime, qiskit-ionq, Amazon Braket and the Kipu
    Hub that it opens are the one at ADDRESS. A notebook of Ketbridge opens its machine with
    backend(os.environ["KETBRIDGE_ON"]).
    """
    at = Address.parse(address)
    try:
        nbformat, nbclient = import_module("nbformat"), import_module("nbclient")
        import_module("ipykernel")
    except ImportError:
        raise MissingExtraError("what runs notebooks", "notebook") from None
    cells = nbformat.read(file, as_version=4)
    target = output or file.with_name(f"{file.stem}-executed.ipynb")
    try:
        with spinner(f"{file.name} on {at}"):
            _execute(nbclient, cells, file.parent, _environment(at), timeout_s)
    except nbclient.exceptions.CellExecutionError as error:
        raise NotebookFailed(
            f"a cell of {file.name} raised {error.ename}: {error.evalue}; "
            f"what ran before it is in {target}"
        ) from error
    finally:
        nbformat.write(cells, target)
    click.echo(f"{len(cells.cells)} cells ran on {at}; the result is in {target}")


def _environment(at: Address) -> dict[str, str]:
    """Say where circuits run; a sandbox is that of this process, so that it outlives the kernel."""
    found = {**os.environ, ON_VARIABLE: str(at)}
    if at.account == SANDBOX:
        from ..sandbox.server import URL_VARIABLE, shared

        found[URL_VARIABLE] = shared().url
    return found


def _execute(
    nbclient: Any, cells: Any, folder: Path, environment: dict[str, str], timeout_s: float | None
) -> None:
    client = nbclient.NotebookClient(
        cells,
        timeout=timeout_s,
        resources={"metadata": {"path": str(folder)}},
        kernel_name=KERNEL,
        extra_arguments=["--log-level=ERROR", f"--IPKernelApp.exec_lines={_BEGIN}"],
    )
    client.execute(env=environment)
