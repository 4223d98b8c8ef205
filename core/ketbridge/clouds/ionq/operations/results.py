"""Results: by job, by debiasing variant, by the address that a job names."""

from __future__ import annotations

from typing import Literal

from ....errors import nearest
from ....transport.operation import Operation, Repeat, path, query
from .. import bodies

MAX_RESULT_BYTES = 512 * 2**20
"""Cap of one result: 10^6 shots of 64 qubits written as decimals are 21 MB."""

LANGUAGES = ("native", "qasm3")


def get_compiled_file(job_id: str, lang: Literal["native", "qasm3"] | str) -> Operation[str]:
    """Fetch the circuit of a job as it was compiled.

    Raises:
        ValueError: the language is not one that the contract names.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"{lang!r} is neither 'native' nor 'qasm3'.{nearest(lang, LANGUAGES)}")
    return Operation(
        "GetCompiledFile",
        "GET",
        path("/jobs/{job_id}/circuits/{lang}", job_id=job_id, lang=lang),
        bodies.text,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_job_probabilities(
    job_id: str, *, sharpen: bool | None = None
) -> Operation[dict[str, float]]:
    """Fetch probabilities by decimal state; 404 also while the job is not completed.

    Args:
        job_id: the job.
        sharpen: whether the variants of a debiased job are joined by majority instead of mean.
    """
    return Operation(
        "GetJobProbabilities",
        "GET",
        path("/jobs/{job_id}/results/probabilities", job_id=job_id),
        bodies.numbers,
        Repeat.SAFE,
        query(sharpen=sharpen),
        max_bytes=MAX_RESULT_BYTES,
    )


def get_variant_probabilities(job_id: str, variant_id: str) -> Operation[dict[str, float]]:
    """Fetch the probabilities of one debiasing variant, by decimal state."""
    return Operation(
        "GetVariantProbabilities",
        "GET",
        _variant(job_id, variant_id, "probabilities"),
        bodies.numbers,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_variant_histogram(job_id: str, variant_id: str) -> Operation[dict[str, float]]:
    """Fetch the counts of one debiasing variant, by decimal state."""
    return Operation(
        "GetVariantHistogram",
        "GET",
        _variant(job_id, variant_id, "histogram"),
        bodies.numbers,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_variant_shots(job_id: str, variant_id: str) -> Operation[bodies.Shots]:
    """Fetch the single shots of one debiasing variant."""
    return Operation(
        "GetVariantShots",
        "GET",
        _variant(job_id, variant_id, "shots"),
        bodies.shots,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def _variant(job_id: str, variant_id: str, kind: str) -> str:
    ids = {"job_id": job_id, "variant_id": variant_id, "kind": kind}
    return path("/jobs/{job_id}/variants/{variant_id}/results/{kind}", **ids)


def get_result_map(
    url: str, *, sharpen: bool | None = None
) -> Operation[dict[str, float | dict[str, float]]]:
    """Fetch probabilities or counts from the address that a job names.

    Args:
        url: path below the host, from the job's ``results``.
        sharpen: as in `get_job_probabilities`; None leaves it out.

    Returns:
        For a single circuit ``{state: number}``, for several ``{child job: {state: number}}``.
    """
    return Operation(
        "result",
        "GET",
        url,
        bodies.maps,
        Repeat.SAFE,
        query(sharpen=sharpen),
        max_bytes=MAX_RESULT_BYTES,
        host_relative=True,
    )


def get_result_shots(url: str) -> Operation[bodies.Shots]:
    """Fetch single shots from the address that a job names."""
    return Operation(
        "shots",
        "GET",
        url,
        bodies.shots,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
        host_relative=True,
    )
