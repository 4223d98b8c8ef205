"""Jobs at IBM Direct Access: what they have beside results is in the bucket."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..errors import as_qiskit_errors
from ..progress import Progress, shown
from .job import ServerJob

if TYPE_CHECKING:
    from ketbridge.clouds.ibm_direct import IbmDirectCloud


class DirectJob(ServerJob):
    """A job at IBM Direct Access; its id is that of the submission."""

    @property
    def _direct(self) -> IbmDirectCloud:
        return cast("IbmDirectCloud", self._job.cloud)

    def usage(self) -> float:
        """Return the seconds of the machine that the job used, or may use at most.

        `cost` gives the same in nanoseconds, and says which of the two it is.

        Raises:
            TransportError: the service could not be asked.
        """
        return self.cost().value * 1e-9

    def logs(self, wait_s: float = 0.0) -> str:
        """Return the log of the job, which may come after the job has ended.

        Args:
            wait_s: how long to wait for it, in seconds.

        Raises:
            NotFound: it is not there, or not yet.
            TransportError: service or bucket could not be asked.
        """
        with as_qiskit_errors():
            return self._direct.run(self._direct.logs_flow(self._job.id, wait_s))

    def download(
        self, path: Path | str, *, logs: bool = False, progress: bool | Progress | None = None
    ) -> int:
        """Write the result as it is, or the log, to a file; memory does not grow with the size.

        Args:
            path: the file; it appears when it is whole.
            logs: whether the log is wanted instead of the result.
            progress: as `wait` takes it.

        Returns:
            The size in bytes.

        Raises:
            NotFound: it is not there, or not yet.
            TransportError: service or bucket could not be asked.
            OSError: the file cannot be written.
        """
        with as_qiskit_errors(), shown(self.address, progress):
            return self._direct.run(self._direct.download_flow(self._job.id, Path(path), logs=logs))
