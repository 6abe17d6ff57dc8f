"""The words that only the platform's own stack file is made of; `spec.scalars` has those of all."""

from typing import Annotated

from pydantic import Field

from spec._scalar import Grammar

Manifest = Annotated[
    str,
    Field(examples=["manifests/cert-manager.yaml"]),
    Grammar(
        pattern=r"(https://[^\s/]+/|(?!/)(?!.*\.\.))[A-Za-z0-9._/~%+-]*[A-Za-z0-9._~-]",
        wanted="a file below the root of the project, or an https:// address",
        fix="write for example manifests/cert-manager.yaml",
        longest=512,
    ),
]

Repository = Annotated[
    str,
    Field(examples=["https://charts.jetstack.io"]),
    Grammar(
        pattern=r"(https|oci)://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/?",
        wanted="a repository of charts, https:// or oci://",
        fix="write for example https://charts.jetstack.io",
        longest=512,
    ),
]

ChartVersion = Annotated[
    str,
    Field(examples=["v1.21.1"]),
    Grammar(
        pattern=r"v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?",
        wanted="one whole version of a chart, no range",
        fix="write for example v1.21.1",
        longest=63,
    ),
]

# Grammar: S3's, without the dots that TLS host names cannot have.
BucketName = Annotated[
    str,
    Field(examples=["paas-backups"]),
    Grammar(
        pattern=r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        wanted="a bucket's name: 3 to 63 small letters, digits and `-`",
        fix="write for example paas-backups",
        longest=63,
    ),
]

Endpoint = Annotated[
    str,
    Field(examples=["https://s3.eu.example.com"]),
    Grammar(
        pattern=r"https?://[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?",
        wanted="an http:// or https:// address without a path",
        fix="write for example https://s3.eu.example.com",
        longest=253,
    ),
]

PostgresVersion = Annotated[
    str,
    Field(examples=["17"]),
    Grammar(
        pattern=r"1[5-8]",
        wanted="a major version of PostgreSQL from 15 to 18, in quotes",
        fix='write for example "17"',
        longest=2,
    ),
]
