"""What IBM's machines have in common wherever they are reached: Runtime, Direct Access, Kipu Hub.

How circuits and arrays are written for them, how their results are read, and what their
configuration and properties documents say. Nothing here sends anything.
"""
