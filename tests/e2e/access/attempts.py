"""Real requests for rows of the tables: what the API server does when somebody tries, not what it says it would do."""

from tests.e2e.access.people import Answer, Person, attributes_of
from tests.e2e.access.tables import Row

METHODS = {
    "get": "GET",
    "list": "GET",
    "create": "POST",
    "update": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE",
}
"""The verbs that are a request of their own; the others are parts of requests, or take their time."""

ABSENT = "there-is-none"
NAMELESS = ("list", "create", "deletecollection")


def root(group: str, version: str = "v1") -> str:
    """Return where an API group is served; who may not ask is told so before it is known whether the thing exists."""
    versions = {"autoscaling": "v2", "metrics.k8s.io": "v1beta1"}
    return f"/apis/{group}/{versions.get(group, version)}" if group else "/api/v1"


def attempt(who: Person, row: Row, namespace: str = "") -> Answer:
    """Try what the row is about, on an object that does not exist, and only to pretend."""
    if row.what.startswith("/"):
        return who.ask("GET", row.what)
    found = attributes_of(row.verb, row.what)
    if row.what == "namespaces" and namespace:
        return who.ask(METHODS[row.verb], f"/api/v1/namespaces/{namespace}", {})
    path = root(found["group"]) + (f"/namespaces/{namespace}" if namespace else "") + f"/{found['resource']}"
    if found["subresource"] or row.verb not in NAMELESS:
        path += f"/{ABSENT}"
    if found["subresource"]:
        path += f"/{found['subresource']}"
    return who.ask(METHODS[row.verb], path, None if row.verb == "get" else {})


def refusal(row: Row, namespace: str = "") -> str:
    """Return the API server's words for somebody who may not do what the row is about."""
    if row.what.startswith("/"):
        return f'cannot {row.verb} path "{row.what}"'
    found = attributes_of(row.verb, row.what)
    resource = "/".join(part for part in (found["resource"], found["subresource"]) if part)
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    return f'cannot {row.verb} resource "{resource}" in API group "{found["group"]}" {where}'
