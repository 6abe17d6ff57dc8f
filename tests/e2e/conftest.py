"""Object stores that speak S3, for the state of stacks: moto's server, and a real MinIO."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from sandbox.machine.paths import programs
from tests.e2e.ports import free_port
from tests.e2e.stores import BUCKET, PASSWORD, USER, Store, wait_for


@pytest.fixture(scope="module")
def moto() -> Iterator[Store]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield Store("{}:{}".format(*server.get_host_and_port()))
    finally:
        server.stop()


@pytest.fixture(scope="module")
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("minio")
    endpoint = f"127.0.0.1:{free_port()}"
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                programs() / "minio",
                "server",
                "--address",
                endpoint,
                "--console-address",
                "127.0.0.1:0",
                folder / "data",
            ],
            env={**os.environ, "MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": PASSWORD, "MINIO_BROWSER": "off"},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    store = Store(endpoint)
    try:
        wait_for(store, process, log)
        yield store
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture(params=["moto", "minio"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with an empty bucket."""
    store: Store = request.getfixturevalue(request.param)
    store.client().create_bucket(Bucket=BUCKET)
    yield store
    for key in store.objects():
        store.client().delete_object(Bucket=BUCKET, Key=key)
    store.client().delete_bucket(Bucket=BUCKET)
