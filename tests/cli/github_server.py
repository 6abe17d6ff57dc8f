"""GitHub on this machine: its API as far as `paas` asks it."""

import re
from collections.abc import Callable
from typing import Any

from tests.cli.forges import OUR_NAME, Answer, Forge


class GitHubServer(Forge):
    """As api.github.com answers."""

    def answer(self, request: str, query: dict[str, str], given: Any) -> Answer:
        repository, pull = r"/repos/acme/shop", r"/repos/acme/shop/(?:issues|pulls)/7"
        rules: list[tuple[str, Callable[..., Answer]]] = [
            (r"POST /graphql", lambda: (200, {"data": {"viewer": {"login": OUR_NAME}}})),
            (
                rf"GET {repository}/actions/artifacts",
                lambda: (200, {"artifacts": self.artefacts.get(query["name"], [])}),
            ),
            (rf"GET {repository}/pulls", lambda: (200, [self._pull(number) for number in self.pulls])),
            (rf"GET {repository}/pulls/7", lambda: (200, self._pull(7))),
            (rf"GET {pull}/comments", lambda: (200, [self._note(note) for note in self.notes])),
            (rf"POST {pull}/comments", lambda: self._write(given)),
            (rf"GET {repository}/issues/comments/(\d+)", self._read),
            (rf"PATCH {repository}/issues/comments/(\d+)", lambda id: self._edit(id, given)),
            (rf"DELETE {repository}/issues/comments/(\d+)", self._remove),
            (rf"GET {pull}/labels", lambda: (200, [{"name": name} for name in sorted(self.labels)])),
            (rf"POST {repository}/labels", lambda: self._make(given["name"])),
            (rf"POST {pull}/labels", lambda: self._put(given)),
            (rf"DELETE {pull}/labels/(.+)", self._drop),
            (rf"GET {repository}(?:/commits)?/statuses/(\w+)", lambda sha: (200, self._said(sha))),
            (rf"POST {repository}/statuses/(\w+)", lambda sha: self._tell(sha, given)),
            (rf"GET {repository}/commits/(\w+)", lambda sha: (200, {"sha": sha, "url": self._commit(sha)})),
            (rf"GET {repository}", lambda: (200, {"full_name": "acme/shop", "url": f"{self.url}{repository}"})),
        ]
        for pattern, act in rules:
            if found := re.fullmatch(pattern, request):
                return act(*found.groups())
        return 404, {"message": "Not Found"}

    def _commit(self, sha: str) -> str:
        return f"{self.url}/repos/acme/shop/commits/{sha}"

    def _pull(self, number: int) -> dict[str, Any]:
        there = f"{self.url}/repos/acme/shop"
        return {
            "number": number,
            "url": f"{there}/pulls/{number}",
            "issue_url": f"{there}/issues/{number}",
            "head": {"sha": self.pulls[number]},
        }

    def _note(self, note: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.url}/repos/acme/shop/issues/comments/{note['id']}"
        return {"id": note["id"], "url": url, "body": note["body"], "user": {"login": note["author"]}}

    def _write(self, given: Any) -> Answer:
        if len(given["body"]) > self.longest:
            return 422, {
                "message": "Validation Failed",
                "errors": [{"message": f"body is too long (maximum is {self.longest} characters)"}],
            }
        id = str(self.add(OUR_NAME, given["body"]))
        return 201, self._note(self.note(id) or {})

    def _read(self, id: str) -> Answer:
        note = self.note(id)
        return (200, self._note(note)) if note else (404, {"message": "Not Found"})

    def _edit(self, id: str, given: Any) -> Answer:
        note = self.note(id)
        if note is None:
            return 404, {"message": "Not Found"}
        if note["author"] != OUR_NAME:
            return 403, {"message": "Resource not accessible by integration"}
        note["body"] = given["body"]
        return 200, self._note(note)

    def _remove(self, id: str) -> Answer:
        note = self.note(id)
        if note is None:
            return 404, {"message": "Not Found"}
        self.notes.remove(note)
        return 204, None

    def _make(self, name: str) -> Answer:
        if name in self.known_labels:
            return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}
        self.known_labels.add(name)
        return 201, {"name": name}

    def _put(self, given: Any) -> Answer:
        names = given["labels"] if isinstance(given, dict) else given
        self.labels |= set(names)
        return 200, [{"name": name} for name in names]

    def _drop(self, name: str) -> Answer:
        if name not in self.labels:
            return 404, {"message": "Label does not exist"}
        self.labels.discard(name)
        return 200, []

    def _said(self, sha: str) -> list[dict[str, Any]]:
        return [each for each in reversed(self.statuses) if each["sha"] == sha]

    def _tell(self, sha: str, given: Any) -> Answer:
        self.statuses.append({"sha": sha, "target_url": "", **given})
        return 201, self.statuses[-1]
