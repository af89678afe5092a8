"""scim2-tester against a tenant: every check that it knows."""
import os

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

client = SyncSCIMClient(httpx2.Client(base_url=os.environ["SCIM"], headers={"Authorization": "Bearer " + os.environ["KEY"]}))
for result in check_server(client):
    what = " ".join(str(part) for part in (result.title, result.resource_type) if part)
    reason = " ".join(str(result.reason or "").split())
    if result.status in (Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE, Status.SKIPPED):
        print(f"ok {what}")
    else:
        print(f"fail {what}: {result.status.name} {reason}")
