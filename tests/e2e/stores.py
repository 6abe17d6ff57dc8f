"""Object stores that speak S3, for the state of stacks: moto's server, and a real MinIO."""

import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import urllib3

BUCKET = "team-state"
USER, PASSWORD = "team", "a password of this test"


@dataclass(frozen=True)
class Store:
    """An S3-compatible object store on loopback.

    Attributes:
        endpoint: host and port.
    """

    endpoint: str

    def client(self) -> Any:
        """Return an S3 client with the right credentials."""
        return boto3.client(
            "s3",
            endpoint_url=f"http://{self.endpoint}",
            aws_access_key_id=USER,
            aws_secret_access_key=PASSWORD,
            region_name="us-east-1",
            config=boto3.session.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0}),
        )

    def objects(self) -> list[str]:
        """Return the names of all objects in the bucket."""
        return [each["Key"] for each in self.client().list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def variables(self, password: str = PASSWORD) -> dict[str, str]:
        """Return what Pulumi needs to keep its state here."""
        options = f"region=us-east-1&endpoint={self.endpoint}&disableSSL=true&s3ForcePathStyle=true"
        return {
            "PULUMI_BACKEND_URL": f"s3://{BUCKET}?{options}",
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": password,
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",  # else each read warns that the store sends none
        }


def wait_for(store: Store, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the MinIO that `process` is answers; its log tells why it does not."""
    pause = threading.Event()
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        with suppress(urllib3.exceptions.HTTPError):
            if urllib3.request("GET", f"http://{store.endpoint}/minio/health/ready", retries=False).status == 200:
                return
        pause.wait(0.1)
    raise AssertionError(f"MinIO does not answer:\n{log.read_text()}")
