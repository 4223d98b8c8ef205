"""The queue: whatever a simulation does, its job ends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from ketbridge.sandbox.engine import Engine, Stage, Ticket
from ketbridge.sandbox.workers import GROWTH_BYTES, WorkError, Workers


class Panic(BaseException):
    """What compiled code raises when it gives up: no Exception."""


def failing(error):
    raise error


async def ended(ticket):
    with ThreadPoolExecutor(1) as threads:
        engine = Engine(Workers(threads, 1))
        engine.submit(ticket)
        await asyncio.wait([ticket.task], timeout=5)
        return engine.waiting_on(ticket.machine)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (Panic("gave up"), ("InternalError", "RuntimeError: Panic: gave up")),
        (StopIteration(3), ("InternalError", "RuntimeError: StopIteration: 3")),
        (ValueError("no"), ("InternalError", "ValueError: no")),
        (WorkError("TooManyGates", "a lot"), ("TooManyGates", "a lot")),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_an_error_of_a_simulation_fails_its_job(error, failure):
    ticket = Ticket("machine", [(failing, (error,))])
    assert await ended(ticket) == 0
    assert (ticket.stage, ticket.failure) == (Stage.FAILED, failure)


async def test_a_job_whose_own_task_dies_has_failed():
    async def dying():
        raise Panic("gave up")

    ticket = Ticket("machine", prepare=dying)
    assert await ended(ticket) == 0
    assert ticket.stage is Stage.FAILED


async def test_a_process_that_loads_simulators_is_not_taken_for_one_that_leaks():
    workers = Workers(parallel=1)
    limit = "__import__('loky.process_executor').process_executor._MAX_MEMORY_LEAK_SIZE"
    try:
        assert await workers.run(eval, limit) == GROWTH_BYTES
    finally:
        workers.close()
