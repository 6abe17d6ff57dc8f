"""The platform's object store in the sandbox: a MinIO in the cluster, with a bucket for backups."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import boto3
from botocore.exceptions import EndpointConnectionError

from sandbox.images.catalogue import MINIO
from tests.e2e.stacks import kubectl

NAMESPACE, BUCKET, SECRET = "paas-objects", "paas-backups", "paas-backups"
PATIENCE = 55.0  # seconds
USER, PASSWORD = "paas-backups", "paas-backups-of-the-sandbox"

MANIFEST = f"""\
apiVersion: v1
kind: Namespace
metadata: {{name: {NAMESPACE}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: minio, namespace: {NAMESPACE}, labels: {{app: minio}}}}
spec:
  securityContext: {{runAsUser: 1000, fsGroup: 1000}}
  containers:
  - name: minio
    image: {MINIO.reference}
    args: [server, --address, ":9000", /data]
    env:
    - {{name: MINIO_ROOT_USER, value: {USER}}}
    - {{name: MINIO_ROOT_PASSWORD, value: {PASSWORD}}}
    - {{name: MINIO_BROWSER, value: "off"}}
    readinessProbe: {{tcpSocket: {{port: 9000}}, periodSeconds: 1}}
    volumeMounts: [{{name: data, mountPath: /data}}]
  volumes: [{{name: data, emptyDir: {{}}}}]
---
apiVersion: v1
kind: Service
metadata: {{name: minio, namespace: {NAMESPACE}}}
spec: {{selector: {{app: minio}}, ports: [{{port: 9000}}]}}
"""


class Store:
    """The store, as its administrator sees it."""

    def __init__(self) -> None:
        address = kubectl("-n", NAMESPACE, "get", "service", "minio", "-o", "jsonpath={.spec.clusterIP}")
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=f"http://{address}:9000",
            aws_access_key_id=USER,
            aws_secret_access_key=PASSWORD,
            region_name="us-east-1",
        )

    def keys(self, prefix: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", ())]


@contextmanager
def a_store() -> Iterator[Store]:
    """Give a store with an empty bucket; afterwards it is gone, with all that was in it."""
    kubectl("wait", "--for=delete", f"namespace/{NAMESPACE}", "--timeout=55s")  # the one of an earlier test
    kubectl("apply", "-f", "-", stdin=MANIFEST)
    try:
        kubectl("-n", NAMESPACE, "wait", "--for=condition=Ready", "pod/minio", "--timeout=55s")
        store = Store()
        _made(store)
        yield store
    finally:
        kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def _made(store: Store) -> None:
    """Make the bucket, as soon as the node's kernel leads to this store and not to the one before."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            store.client.create_bucket(Bucket=BUCKET)
            return
        except EndpointConnectionError:
            assert time.monotonic() < deadline, "nothing leads to the store"
            time.sleep(0.5)


@contextmanager
def giving_keys(namespace: str, labels: Mapping[str, str]) -> Iterator[None]:
    """Give the store's key to a namespace as soon as it is there, as whoever runs the platform does.

    Args:
        labels: whose it is, which everything in a tenant's namespace says.
    """
    over = Event()
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": SECRET, "namespace": namespace, "labels": {**labels, "cnpg.io/reload": "true"}},
        "stringData": {"accessKeyId": USER, "secretAccessKey": PASSWORD},
    }

    def give() -> None:
        while not over.wait(1):
            there = kubectl("get", "namespace", namespace, "--ignore-not-found", "-o", "jsonpath={.status.phase}")
            if there == "Active":
                kubectl("apply", "-f", "-", stdin=json.dumps(secret))

    thread = Thread(target=give)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        assert kubectl("-n", namespace, "get", "secret", SECRET, "-o", "name")
