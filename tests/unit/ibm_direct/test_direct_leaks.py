"""A process that logs all that any library says shows no key and nothing presigned."""

from __future__ import annotations

import os
import subprocess
import sys

from ketbridge.sandbox import Fault

CANARY = "canary-9c1e77"
SCRIPT = """
import dataclasses, io, logging, pickle, sys, traceback, warnings

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(name)s %(message)s")
warnings.simplefilter("always")

from pathlib import Path
from support.ibm_programs import sampled
from ketbridge.clouds.ibm_direct import IbmDirectCloud
from ketbridge.sandbox.server import RemoteSandbox
from ketbridge.secret import Secret

url, folder, canary = sys.argv[1:]
own = RemoteSandbox(url).accounts["ibm-direct"]
settings = {**own.settings, "secret_key": Secret(canary), "slot_wait_s": 0}
account = dataclasses.replace(
    own, settings=settings, token=Secret(canary + "-token"), ledger=Path(folder) / "l.sqlite3"
)
cloud = IbmDirectCloud(account)
print(cloud, cloud.account, cloud.store, cloud.store.place, vars(cloud.store))
ended = 0
while not ended:
    try:
        job = cloud.submit(sampled(), timeout_s=20)
        print(job, job.result(timeout_s=20), job.state(), job.request(), job.cost())
        print(pickle.dumps(job), pickle.dumps(job.request()), pickle.dumps(job.state()))
        print([pickle.dumps(one) for one in cloud.run(cloud.jobs_flow(None, {}))[0]])
        ended += 1
    except Exception as error:
        traceback.print_exc(file=sys.stdout)
        print(repr(error), vars(error), pickle.dumps(error))
job.delete()
cloud.close()
print("END")
"""


def test_nothing_presigned_and_no_key_leaves_a_process_that_logs_everything(server, tmp_path):
    for on in ("job.create", "s3.PutObject", "s3.GetObject", "job.read"):
        for code in (400, 403, 422):
            server.faults.add(Fault.status(code), on=on, times=1, skip=1)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, server.url, str(tmp_path), CANARY],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": "tests"},
        check=False,
    )
    said = done.stdout + done.stderr
    assert "END" in said, said[-3000:]
    assert "ketbridge.transport PUT " in said  # the log is on
    assert said.count("Traceback") >= 3
    for secret in (CANARY, "X-Amz-Signature=", "X-Amz-Credential=", "Signature=", "aws4_request"):
        assert secret not in said.replace("X-Amz-Signature=&", "")
    assert CANARY.encode() not in (tmp_path / "l.sqlite3").read_bytes()
    assert b"X-Amz-" not in (tmp_path / "l.sqlite3").read_bytes()
