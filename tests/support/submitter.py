"""A process that submits, to be killed: ``python -m support.submitter CLOUD REQUEST [SETTING=S]``.

It says ``ready``, then the id of each job, and goes on until somebody ends it. The request is read
from a file, so that nothing has to be loaded that makes one.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

from ketbridge.connection import connect


def main(cloud: str, request: str, *settings: str) -> None:
    """Submit the same request again and again."""
    pairs = (setting.split("=") for setting in settings)
    opened = connect(f"sandbox:{cloud}", **{name: float(value) for name, value in pairs})
    asked = pickle.loads(Path(request).read_bytes())
    print("ready", flush=True)
    while True:
        print(opened.submit(asked).id, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
