"""IBM Qiskit Runtime on loopback, with the IAM, the search and the catalogue that its clients ask.

True to the documents: paths, shapes of both documented API versions (and of the later one that the
public client asks for), states, limits, paging, sessions, private jobs. True to the machines:
configuration and properties are the snapshots that qiskit-ibm-runtime ships. Ours: queue times,
the seconds that a job is charged, and whatever a simulator cannot do, such as twirling of gates
and error mitigation.
"""
