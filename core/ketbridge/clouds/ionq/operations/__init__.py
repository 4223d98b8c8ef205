"""The 25 operations of the IonQ Cloud Platform API v0.4, and how to fetch a result by its address.

Each function makes an `Operation`; ``cloud.send(get_job(job_id))`` carries it out. Every function
that takes an id raises AddressError for one that could not be an id; nothing else is checked
against the service's state.
"""

from .account import get_usages, get_whoami
from .backends import (
    get_backend,
    get_backends,
    get_characterization,
    get_characterizations_for_backend,
)
from .jobs import (
    cancel_job,
    cancel_jobs,
    create_job,
    delete_job,
    delete_jobs,
    estimate_job_cost,
    get_job,
    get_job_cost,
    get_jobs,
)
from .results import (
    get_compiled_file,
    get_job_probabilities,
    get_result_map,
    get_result_shots,
    get_variant_histogram,
    get_variant_probabilities,
    get_variant_shots,
)
from .sessions import create_session, end_session, get_session, get_session_jobs, get_sessions

__all__ = [
    "cancel_job",
    "cancel_jobs",
    "create_job",
    "create_session",
    "delete_job",
    "delete_jobs",
    "end_session",
    "estimate_job_cost",
    "get_backend",
    "get_backends",
    "get_characterization",
    "get_characterizations_for_backend",
    "get_compiled_file",
    "get_job",
    "get_job_cost",
    "get_job_probabilities",
    "get_jobs",
    "get_result_map",
    "get_result_shots",
    "get_session",
    "get_session_jobs",
    "get_sessions",
    "get_usages",
    "get_variant_histogram",
    "get_variant_probabilities",
    "get_variant_shots",
    "get_whoami",
]
