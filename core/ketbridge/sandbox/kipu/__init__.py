"""The Kipu Hub on loopback, with every machine of the contract's table.

True to the documents and to recorded answers: paths, shapes, states, inputs, and the form and bit
order of each family's results. Jobs run: OpenQASM 3 and AHS on Braket's local simulators, OpenQASM
2, IonQ's and IQM's JSON on Aer, IBM's programs as in the Runtime part. Ours: figures of
calibrations, queue times, the words of refusals and failures, and how lists are ordered.
"""
