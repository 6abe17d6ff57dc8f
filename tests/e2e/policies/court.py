"""The API server as a judge: every twin installed twice, to tell and to refuse, and what it says of an object.

A policy that warns puts its name and its message into a header of the answer, one for each thing that is wrong, so one
request gives the verdict of every twin. Objects are sent as dry runs: nothing is made.
"""

import json
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from kubernetes.client.exceptions import ApiException
from pulumi import ResourceOptions

from components.shared.twins import twins
from spec import TenantSpec, plan
from spec.admission import CONTROLLERS, AdmissionPolicy
from spec.labels import BOUNDARIES, labels
from tests.builders import a_platform
from tests.e2e.api import connected
from tests.e2e.policies.probe import GENERATION, PREFIX, PROBE, probe, probe_binding
from tests.locks import held
from tests.recording import record

ADMISSION = "/apis/admissionregistration.k8s.io/v1/"
JUDGED = "paas.test/judged"
"""Label of what the policies of this test are about, so that they leave all else alone."""

AS_A_CONTROLLER = {"Impersonate-User": CONTROLLERS[0], "Impersonate-Group": "system:masters"}
"""Who makes the namespaces that cases stand in, which enforce nothing by themselves: rules leave it alone."""

ROOM = 4096 - 256  # characters: of warnings beyond 4096 the API server cuts off each after 256, and leaves out the rest
PATIENCE = 300.0  # seconds until the API server knows new policies or a changed namespace, or until one is gone

WARNING = re.compile(r"ValidatingAdmissionPolicy '(?:paas-)?([^']+)' with binding '[^']+'\\?:? (.*)", re.DOTALL)
REFUSED = re.compile(
    r"ValidatingAdmissionPolicy '(?:paas-)?([^']+)' with binding '[^']+' denied request: (.*)", re.DOTALL
)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the API server said of an object.

    Attributes:
        status: of HTTP; 201 where the object would have been made.
        message: of a refusal; empty otherwise.
        told: messages by the policy that warned, without prefixes: `{"q7": [...]}`.
        denied_by: the policy that refused, likewise; empty where none did.
        warnings: all, as they came.
    """

    status: int
    message: str
    told: Mapping[str, list[str]]
    denied_by: str
    warnings: tuple[str, ...]

    @property
    def before_rules(self) -> bool:
        """Whether the API server's own checks refused the object, so that no rule was asked."""
        return self.status in (400, 404, 422) and not self.told

    @property
    def by_pod_security(self) -> bool:
        """Whether Pod Security tells of it, which looks at pods and at the API server's own kinds that make them."""
        return any("would violate PodSecurity" in each for each in self.warnings)


class Court:
    """A session on one API server. `with court(policies) as it: it.sits_for(tenant); it.judge(manifest)`."""

    def __init__(self, policies: Iterable[AdmissionPolicy], refusing: Iterable[str], api: Any) -> None:
        self._api = api
        self._policies = [replace(policy, name=f"{PREFIX}{policy.name}", enforced=False) for policy in policies]
        self._refusing = {f"paas-{PREFIX}{name}" for name in refusing}
        self._session = secrets.token_hex(4)  # an earlier session's policies are still in force for a moment
        self._generation = 0
        self._resources: dict[tuple[str, str], tuple[str, bool]] = {}

    def open(self) -> Iterator[None]:
        """Install the policies; take everything away at the end."""
        with ExitStack() as away:
            self._sweep()
            deadline = time.monotonic() + PATIENCE
            while self._left("/api/v1/namespaces") or self._left(DEFINITIONS):  # these take a while to go
                assert time.monotonic() < deadline, "what an earlier session made does not go away"
                time.sleep(0.2)
            away.callback(self._sweep)
            made = record(lambda: twins(a_platform(), self._policies, ResourceOptions()), stack="platform")
            for found in made.objects():
                kind, document = found.kind, dict(found.props)
                if kind.endswith("Binding"):
                    for copy in self._bindings(document):
                        self._create(f"{ADMISSION}validatingadmissionpolicybindings", copy)
                else:
                    self._create(f"{ADMISSION}validatingadmissionpolicies", document)
            self._create(f"{ADMISSION}validatingadmissionpolicies", probe(self._session))
            self._create(f"{ADMISSION}validatingadmissionpolicybindings", probe_binding())
            yield

    def _bindings(self, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Narrow a binding to this test, and give those that refuse a second one."""
        made = json.loads(json.dumps(document))
        made["spec"]["matchResources"]["namespaceSelector"]["matchExpressions"].append(
            {"key": JUDGED, "operator": "Exists"}
        )
        made["metadata"]["labels"][JUDGED] = "true"
        yield made
        if made["spec"]["policyName"] in self._refusing:
            other = json.loads(json.dumps(made))
            other["metadata"]["name"] += "-deny"
            other["spec"]["validationActions"] = ["Deny"]
            yield other

    def sits_for(self, tenant: TenantSpec, annotations: Mapping[str, str] | None = None) -> None:
        """Make the tenant's namespaces as its stack would, and wait until the API server's rules see them so."""
        self._generation += 1
        for space in plan.spaces(tenant):
            document = {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {
                    "name": space.name,
                    # Pod Security tells as well, and refuses nothing: other rules are asked about its cases, too.
                    "labels": labels(tenant)
                    | {key: text for key, text in plan.pod_security().items() if "warn" in key}
                    | {JUDGED: "true"},
                    "annotations": {
                        BOUNDARIES: "\n".join(plan.boundaries(tenant, space.key)),
                        GENERATION: str(self._generation),
                        **(annotations or {}),
                    },
                },
            }
            self._apply(f"/api/v1/namespaces/{space.name}", document)
        deadline = time.monotonic() + PATIENCE
        for space in plan.spaces(tenant):
            while self._seen(space.name) != f"{self._session} {self._generation}":
                assert time.monotonic() < deadline, f"the rules do not see namespace {space.name} as it is"
                time.sleep(0.05)
            account = {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "default", "labels": labels(tenant)},
                "automountServiceAccountToken": False,
            }
            self._apply(f"/api/v1/namespaces/{space.name}/serviceaccounts/default", account)

    def _seen(self, namespace: str) -> str:
        asked = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": PROBE, "namespace": namespace}}
        return "".join(self.judge(asked).told.get("probe", [""]))

    def judge(self, manifest: Mapping[str, Any], manager: str = "court") -> Answer:
        """Send an object as a dry run.

        Args:
            manager: in whose name; policies can tell by it whether they are asked.
        """
        path = self.path(manifest)
        assert path is not None, f"{manifest['kind']} of {manifest['apiVersion']} is not served"
        query = f"?dryRun=All&fieldValidation=Ignore&fieldManager={manager}"
        status, headers, body = self._ask("POST", f"{path}{query}", manifest)
        warnings = tuple(_unquoted(each) for each in headers.getlist("Warning"))
        assert sum(map(len, warnings)) < ROOM, f"the API server has left out what did not fit: {warnings}"
        told: dict[str, list[str]] = {}
        for warning in warnings:
            if found := WARNING.search(warning):
                told.setdefault(found[1].removeprefix(PREFIX), []).append(found[2])
        message = "" if status < 300 else str(json.loads(body)["message"])
        refused = REFUSED.search(message)
        return Answer(
            status=status,
            message=message,
            told=told,
            denied_by=refused[1].removeprefix(PREFIX) if refused else "",
            warnings=warnings,
        )

    def path(self, manifest: Mapping[str, Any]) -> str | None:
        """Return where objects of this kind are made, or None where the API server does not have it."""
        version, kind = manifest["apiVersion"], manifest["kind"]
        if (version, kind) not in self._resources:
            self._discover(version)
        if (version, kind) not in self._resources:
            return None
        resource, namespaced = self._resources[version, kind]
        namespace = manifest.get("metadata", {}).get("namespace") if namespaced else None
        return f"{_root(version)}{f'/namespaces/{namespace}' if namespace else ''}/{resource}"

    def namespaced(self, manifest: Mapping[str, Any]) -> bool:
        """Return whether objects of this kind lie in namespaces; the kind is served."""
        return self._resources[manifest["apiVersion"], manifest["kind"]][1]

    def _discover(self, version: str) -> None:
        status, _, body = self._ask("GET", _root(version))
        for each in json.loads(body)["resources"] if status == 200 else ():
            if "/" not in each["name"]:
                self._resources[version, each["kind"]] = (each["name"], each["namespaced"])

    def serve(self, definitions: Iterable[dict[str, Any]]) -> None:
        """Let the API server know more kinds, for as long as the session lasts."""
        for definition in definitions:
            definition["metadata"].setdefault("labels", {})[JUDGED] = "true"
            self._create(f"{DEFINITIONS}", definition)
            for version in definition["spec"]["versions"]:
                api = f"{definition['spec']['group']}/{version['name']}"
                kind = definition["spec"]["names"]["kind"]
                deadline = time.monotonic() + PATIENCE
                while self.path({"apiVersion": api, "kind": kind}) is None:
                    assert time.monotonic() < deadline, f"{kind} of {api} does not get served"
                    time.sleep(0.05)

    def _sweep(self) -> None:
        selector = f"?labelSelector={JUDGED}"
        for resource in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
            self._must("DELETE", f"{ADMISSION}{resource}{selector}")
        self._must("DELETE", f"{DEFINITIONS}{selector}")
        for each in self._left("/api/v1/namespaces"):
            if "deletionTimestamp" not in each["metadata"]:
                self._must("DELETE", f"/api/v1/namespaces/{each['metadata']['name']}")

    def _left(self, path: str) -> list[dict[str, Any]]:
        """Return what an earlier session made and is still there."""
        _, _, body = self._must("GET", f"{path}?labelSelector={JUDGED}")
        items: list[dict[str, Any]] = json.loads(body)["items"]
        return items

    def _create(self, path: str, document: dict[str, Any]) -> None:
        document["metadata"].setdefault("labels", {})[JUDGED] = "true"
        self._must("POST", path, document)

    def _apply(self, path: str, document: dict[str, Any]) -> None:
        self._must("PATCH", f"{path}?fieldManager=court&force=true", document)

    def _must(self, method: str, path: str, body: Any = None) -> tuple[int, Any, str]:
        status, headers, text = self._ask(method, path, body)
        assert status < 300, f"{method} {path}: {status} {text}"
        return status, headers, text

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any, str]:
        """Ask the API server, whatever it answers."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if method == "PATCH":
            headers |= {"Content-Type": "application/apply-patch+yaml", **AS_A_CONTROLLER}
        try:
            answer = self._api.call_api(
                path,
                method,
                body=body,
                header_params=headers,
                auth_settings=["BearerToken"],
                _preload_content=False,
                _return_http_data_only=True,
            )
        except ApiException as error:
            return error.status, error.headers, str(error.body)
        return answer.status, answer.headers, answer.data.decode()


DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _unquoted(warning: str) -> str:
    """Return the text of a Warning header: `299 - "text"`."""
    text = warning.partition('"')[2].removesuffix('"')
    return text.replace('\\"', '"').replace("\\\\", "\\")


@contextmanager
def court(policies: Iterable[AdmissionPolicy], *, refusing: Iterable[str] = (), api: Any = None) -> Iterator[Court]:
    """Open a session, one at a time: what it finds of another one, it takes away.

    Args:
        refusing: names of those policies that refuse besides telling.
        api: a client of the API server; None: of the cluster's.
    """
    made = Court(policies, refusing, connected() if api is None else api)
    with held("court"), contextmanager(made.open)():
        yield made
