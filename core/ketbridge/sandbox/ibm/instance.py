"""The one instance of the sandbox and what it belongs to; the same on every start."""

from __future__ import annotations

import uuid

REGION = "us-east"
PLAN = str(uuid.uuid5(uuid.NAMESPACE_URL, "ketbridge/sandbox/ibm/plan"))
PLAN_NAME = "Sandbox"
ACCOUNT = uuid.uuid5(uuid.NAMESPACE_URL, "ketbridge/sandbox/ibm/account").hex
INSTANCE = str(uuid.uuid5(uuid.NAMESPACE_URL, "ketbridge/sandbox/ibm/instance"))
INSTANCE_NAME = "sandbox"
CRN = f"crn:v1:bluemix:public:quantum-computing:{REGION}:a/{ACCOUNT}:{INSTANCE}::"
