"""The 30 operations of the IBM Qiskit Runtime REST API, by theme.

Each function makes an `Operation`; ``cloud.send(get_job(job_id))`` carries it out. The account's
instance and API version go with it. Every function that takes an id raises AddressError for one
that could not be an id; nothing else is checked against the service's state.
"""

from .account import (
    find_instance_workloads,
    get_account,
    get_instance,
    get_instance_configuration,
    get_usage,
    replace_instance_configuration,
)
from .analytics import (
    analytics_filters,
    analytics_usage,
    get_usage_analytics_grouped,
    get_usage_analytics_grouped_by_date,
)
from .backends import (
    get_backend_configuration,
    get_backend_defaults,
    get_backend_properties,
    get_backend_status,
    get_versions,
    list_backends,
)
from .jobs import (
    MAX_RESULT_BYTES,
    SUBMIT_RATE,
    cancel_job_jid,
    create_job,
    delete_job,
    get_job,
    get_job_logs_jid,
    get_job_metrics_jid,
    get_job_results_jid,
    get_jog_logs_jid,
    list_jobs,
    list_tags,
    replace_job_tags,
)
from .sessions import (
    create_session,
    delete_session_close,
    get_session,
    update_session,
)

__all__ = [
    "MAX_RESULT_BYTES",
    "SUBMIT_RATE",
    "analytics_filters",
    "analytics_usage",
    "cancel_job_jid",
    "create_job",
    "create_session",
    "delete_job",
    "delete_session_close",
    "find_instance_workloads",
    "get_account",
    "get_backend_configuration",
    "get_backend_defaults",
    "get_backend_properties",
    "get_backend_status",
    "get_instance",
    "get_instance_configuration",
    "get_job",
    "get_job_logs_jid",
    "get_job_metrics_jid",
    "get_job_results_jid",
    "get_jog_logs_jid",
    "get_session",
    "get_usage",
    "get_usage_analytics_grouped",
    "get_usage_analytics_grouped_by_date",
    "get_versions",
    "list_backends",
    "list_jobs",
    "list_tags",
    "replace_instance_configuration",
    "replace_job_tags",
    "update_session",
]
