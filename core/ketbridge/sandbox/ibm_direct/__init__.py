"""IBM Direct Access on loopback, and the S3-compatible store that its jobs read and write.

True to the documents: paths, shapes, states, limits, refusals, presigned input and output over
HTTP, URLs that run out, logs that come late. Machines and programs are those of the Runtime part.
Ours: how many jobs a machine holds, codes and words of failures, and the order of checks.
"""
