"""Several circuits submitted together, as a Braket batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from braket.tasks import QuantumTaskBatch

from .submission import Prepared
from .task import KetbridgeQuantumTask

MAX_RETRIES = 3

Submit = Callable[[Sequence[Prepared]], list[KetbridgeQuantumTask]]
"""Submits circuits and returns their tasks, in the same order."""


class KetbridgeQuantumTaskBatch(QuantumTaskBatch):
    """Tasks in the order of the circuits that they run.

    Circuits with the same number of shots share one job where the service takes several.
    """

    def __init__(self, submit: Submit, circuits: Sequence[Prepared], max_parallel: int) -> None:
        """Submit the circuits.

        Args:
            submit: submits circuits.
            circuits: the circuits, translated.
            max_parallel: how many results are fetched at a time.

        Raises:
            ProgramError: a circuit cannot run; nothing was sent.
            TransportError: a job was not taken.
        """
        self._submit = submit
        self._circuits = circuits
        self._max_parallel = max_parallel
        self._tasks = submit(circuits)
        self._results: list[Any] | None = None

    @property
    def tasks(self) -> list[KetbridgeQuantumTask]:
        """The tasks; a retry puts new ones in the places of those that it repeats."""
        return list(self._tasks)

    @property
    def size(self) -> int:
        """Number of tasks."""
        return len(self._tasks)

    @property
    def unfinished(self) -> set[str]:
        """Ids of the tasks that have not ended.

        Raises:
            TransportError: the service could not be asked.
        """
        ended = KetbridgeQuantumTask.TERMINAL_STATES
        return {task.id for task in self._tasks if task.state() not in ended}

    @property
    def unsuccessful(self) -> set[str]:
        """Ids of the tasks without a result, as of the last call of `results`."""
        results = self._results or []
        return {task.id for task, result in zip(self._tasks, results, strict=False) if not result}

    def results(
        self,
        fail_unsuccessful: bool = False,
        max_retries: int = MAX_RETRIES,
        use_cached_value: bool = True,
    ) -> list[Any]:
        """Wait for all tasks and return their results.

        Failed tasks are submitted again, which may cost money: set ``max_retries=0`` for never.
        A task that was cancelled through `KetbridgeQuantumTask.cancel`, or that has not ended in
        its time and may still give a result, is not.

        Args:
            fail_unsuccessful: whether a task without a result is an error.
            max_retries: how often failed tasks are submitted again.
            use_cached_value: whether the results of the last call are enough.

        Returns:
            One result a circuit, None where there is none.

        Raises:
            RuntimeError: a task has no result and ``fail_unsuccessful`` is set.
            TransportError: a result could not be fetched.
        """
        if self._results is None or not use_cached_value:
            self._results = self._fetch(self._tasks)
        for _ in range(max_retries):
            if not self._repeatable():
                break
            self.retry_unsuccessful_tasks()
        if fail_unsuccessful and self.unsuccessful:
            raise RuntimeError(
                f"{len(self.unsuccessful)} tasks failed to complete after {max_retries} retries"
            )
        return list(self._results)

    def retry_unsuccessful_tasks(self) -> bool:
        """Submit failed tasks once more and wait for them; see `results`.

        Returns:
            Whether all tasks have a result now.

        Raises:
            RuntimeError: `results` was not called before.
            TransportError: a task could not be submitted or its result not be fetched.
        """
        if self._results is None:
            raise RuntimeError("results() should be called before attempting to retry")
        again = self._repeatable()
        if again:
            fresh = self._submit([self._circuits[index] for index in again])
            for index, task, result in zip(again, fresh, self._fetch(fresh), strict=True):
                self._tasks[index], self._results[index] = task, result
        return not self.unsuccessful

    def _repeatable(self) -> list[int]:
        """Numbers of the tasks that surely gave no result and were not cancelled here."""
        lost = KetbridgeQuantumTask.NO_RESULT_TERMINAL_STATES
        return [
            index
            for index, (task, result) in enumerate(
                zip(self._tasks, self._results or [], strict=False)
            )
            if result is None and not task.cancelled_here and task.state() in lost
        ]

    def _fetch(self, tasks: Sequence[KetbridgeQuantumTask]) -> list[Any]:
        with ThreadPoolExecutor(self._max_parallel) as executor:
            return list(executor.map(KetbridgeQuantumTask.result, tasks))
