"""Names under which IBM's own client has errors, for ``except`` clauses that use them.

Each is the class of Ketbridge that is raised in the same case, or the nearest above it.
"""

from __future__ import annotations

from ketbridge.errors import (
    AuthenticationFailed,
    CredentialError,
    JobCancelled,
    JobFailed,
    JobTimeout,
    KetbridgeError,
    NotFound,
    ProgramError,
    ProtocolError,
    TransportError,
)

IBMError = KetbridgeError
IBMRuntimeError = KetbridgeError
IBMBackendError = KetbridgeError
IBMAccountError = CredentialError
IBMNotAuthorizedError = AuthenticationFailed
IBMApiError = TransportError
IBMBackendApiError = TransportError
IBMBackendApiProtocolError = ProtocolError
IBMInputValueError = ProgramError
IBMBackendValueError = ProgramError
RuntimeJobFailureError = JobFailed
RuntimeJobMaxTimeoutError = JobCancelled
RuntimeInvalidStateError = JobCancelled
RuntimeJobTimeoutError = JobTimeout
RuntimeJobNotFound = NotFound
RuntimeProgramNotFound = NotFound
