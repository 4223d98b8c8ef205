"""The root of the command line, and how every error ends there: one sentence, one exit code."""

from __future__ import annotations

from typing import Any

import click

from ..errors import KetbridgeError
from . import accounts, backends, cost, demo, jobs, notebook, run, sandbox

INTERRUPTED = 130


class Failure(click.ClickException):
    """An error as the user sees it: one sentence on stderr, exit code 1."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        """Print the sentence, in red where there is a terminal."""
        sentence = " ".join(self.format_message().split())
        click.secho(f"error: {sentence}", fg="red", err=True, file=file)


class Program(click.Group):
    """The root command."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for; turn what it raises into its exit code."""
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            raise click.exceptions.Exit(INTERRUPTED) from None
        except (KetbridgeError, OSError) as error:
            if context.params["debug"]:
                raise
            raise Failure(str(error) or type(error).__name__) from error
        except Exception as error:
            if context.params["debug"]:
                raise
            kind = type(error).__name__
            raise Failure(f"{kind}: {error} (ketbridge --debug shows where)") from error


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="ketbridge")
def main(debug: bool) -> None:
    """Run quantum circuits on IonQ and other clouds by one address.

    An ADDRESS is [account:]cloud/machine, for example ionq/simulator. The account 'sandbox' is
    this computer: sandbox:ionq/simulator needs no token.
    """


for command in (
    demo.demo,
    run.run,
    cost.cost,
    backends.backends,
    jobs.jobs,
    accounts.accounts,
    sandbox.sandbox,
    notebook.notebook,
):
    main.add_command(command)
