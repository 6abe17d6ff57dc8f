"""GitLab on this machine: its API as far as `paas` asks it."""

import re
from collections.abc import Callable
from typing import Any

from tests.cli.forges import OUR_NAME, Answer, Forge


class GitLabServer(Forge):
    """As gitlab.com's API answers."""

    def answer(self, request: str, query: dict[str, str], given: Any) -> Answer:
        project, pull = r"/api/v4/projects/(?:42|acme/shop)", r"/api/v4/projects/(?:42|acme/shop)/merge_requests/7"
        rules: list[tuple[str, Callable[..., Answer]]] = [
            (r"GET /api/v4/user", lambda: (200, {"username": OUR_NAME})),
            (rf"GET {project}/merge_requests", lambda: (200, [self._pull(number) for number in self.pulls])),
            (rf"GET {pull}", lambda: (200, self._pull(7))),
            (rf"PUT {pull}", lambda: self._update(given)),
            (rf"GET {pull}/notes", lambda: (200, [self._note(note) for note in self.notes])),
            (rf"POST {pull}/notes", lambda: self._write(given)),
            (rf"PUT {pull}/notes/(\d+)", lambda id: self._edit(id, given)),
            (rf"DELETE {pull}/notes/(\d+)", self._remove),
            (rf"POST {project}/labels", lambda: self._make(given["name"])),
            (rf"GET {project}/repository/commits/(\w+)/statuses", lambda sha: (200, self._said(sha, query["name"]))),
            (rf"POST {project}/statuses/(\w+)", lambda sha: self._tell(sha, given)),
        ]
        for pattern, act in rules:
            if found := re.fullmatch(pattern, request):
                return act(*found.groups())
        return 404, {"message": "404 Not found"}

    def _pull(self, number: int) -> dict[str, Any]:
        return {"iid": number, "sha": self.pulls[number], "labels": sorted(self.labels)}

    def _note(self, note: dict[str, Any]) -> dict[str, Any]:
        return {**note, "system": False, "author": {"username": note["author"]}}

    def _write(self, given: Any) -> Answer:
        if len(given["body"]) > self.longest:
            return 400, {"message": {"note": [f"is too long (maximum is {self.longest} characters)"]}}
        self.add(OUR_NAME, given["body"])
        return 201, self._note(self.notes[-1])

    def _edit(self, id: str, given: Any) -> Answer:
        note = self.note(id)
        if note is None:
            return 404, {"message": "404 Not found"}
        if note["author"] != OUR_NAME:
            return 403, {"message": "403 Forbidden"}
        note["body"] = given["body"]
        return 200, self._note(note)

    def _remove(self, id: str) -> Answer:
        note = self.note(id)
        if note is None:
            return 404, {"message": "404 Not found"}
        self.notes.remove(note)
        return 204, None

    def _make(self, name: str) -> Answer:
        if name in self.known_labels:
            return 409, {"message": "Label already exists"}
        self.known_labels.add(name)
        return 201, {"id": 1, "name": name}

    def _update(self, given: Any) -> Answer:
        self.labels |= {name for name in given.get("add_labels", "").split(",") if name}
        self.labels -= set(given.get("remove_labels", "").split(","))
        return 200, self._pull(7)

    def _said(self, sha: str, name: str) -> list[dict[str, Any]]:
        return [each for each in reversed(self.statuses) if (each["sha"], each["name"]) == (sha, name)]

    def _tell(self, sha: str, given: Any) -> Answer:
        last = next(iter(self._said(sha, given["name"])), None)
        if last and last["status"] == given["state"]:
            return 400, {"message": f"Cannot transition status via :{given['state']} from :{last['status']}"}
        said = {"description": given["description"], "target_url": given.get("target_url")}
        self.statuses.append({"id": 1, "sha": sha, "name": given["name"], "status": given["state"], **said})
        return 201, self.statuses[-1]
