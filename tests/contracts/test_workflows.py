"""X20, P1: what the workflows may do, told from their text; and that forges can read them."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / ".github" / "actions" / "paas" / "action.yml"
TEMPLATE = ROOT / "templates" / "paas.yml"
GUIDE = ROOT / "docs" / "guide" / "ci.md"

PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
LOCAL = "./.github/actions/paas"

WRITES = {
    ("comment.yml", "comment"): {"pull-requests", "statuses"},
    ("sandbox.yml", "tell"): {"pull-requests", "statuses"},
}
"""The only jobs whose token may write, and what."""


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def callers() -> list[Any]:
    """The workflows that the guide shows."""
    return [yaml.safe_load(text) for text in re.findall(r"```yaml\n(name:.*?)```", GUIDE.read_text(), re.DOTALL)]


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path in WORKFLOWS:
        for name, job in read(path)["jobs"].items():
            yield path.name, name, job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for file, name, job in jobs():
        for step in job["steps"]:
            yield f"{file}:{name}", step
    for step in read(ACTION)["runs"]["steps"]:
        yield "action.yml", step


def validated(schema: str, path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout


def test_forges_can_read_them(tmp_path: Path) -> None:
    assert len(WORKFLOWS) == 5
    for path in WORKFLOWS:
        validated("vendor.github-workflows", path)
    validated("vendor.github-actions", ACTION)
    for index, document in enumerate(yaml.safe_load_all(TEMPLATE.read_text())):
        path = tmp_path / f"{index}.yml"
        path.write_text(yaml.safe_dump(document))
        validated("vendor.gitlab-ci", path)
    for index, document in enumerate(callers()):
        path = tmp_path / f"caller-{index}.yml"
        path.write_text(yaml.safe_dump({"on" if key is True else key: value for key, value in document.items()}))
        validated("vendor.github-workflows", path)


def test_the_schema_notices_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text(WORKFLOWS[0].read_text().replace("timeout-minutes", "timeout-hours"))
    with pytest.raises(AssertionError, match="timeout-hours"):
        validated("vendor.github-workflows", path)


def test_nothing_of_an_event_is_part_of_a_script() -> None:
    found = [(where, step) for where, step in steps() if "run" in step]
    assert len(found) >= 9
    for where, step in found:
        assert "${{" not in step["run"], where


def test_actions_are_pinned_to_commits_and_checkouts_keep_no_token() -> None:
    used = [(where, step) for where, step in steps() if "uses" in step]
    for where, step in used:
        assert step["uses"] == LOCAL or PINNED.fullmatch(step["uses"]), where
        if step["uses"].startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, where
    versions = {step["uses"].split("@")[0]: step["uses"] for _, step in used if "@" in step["uses"]}
    assert all(versions[step["uses"].split("@")[0]] == step["uses"] for _, step in used if "@" in step["uses"])


def test_tokens_may_read_unless_a_job_is_to_write() -> None:
    for path in WORKFLOWS:
        assert read(path)["permissions"] == {}, path.name
    for file, name, job in jobs():
        granted = {what for what, right in job["permissions"].items() if right != "read"}
        assert granted == WRITES.get((file, name), set()), f"{file}:{name}"
        assert set(job["permissions"]) <= {"actions", "contents", "pull-requests", "statuses"}
        assert 0 < job["timeout-minutes"] <= 120


def test_a_job_that_may_write_runs_the_default_branch_and_has_no_secret() -> None:
    for file, name, job in jobs():
        if (file, name) in WRITES:
            [checkout] = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
            assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"
            assert "secrets." not in yaml.safe_dump(job)


def test_what_runs_a_pull_requests_code_never_has_a_token_to_write() -> None:
    for path in WORKFLOWS:
        text = path.read_text()
        assert "pull_request_target" not in text
        assert "pull_request.head.ref" not in text
        assert "secrets: inherit" not in text
    preview = read(ROOT / ".github" / "workflows" / "preview.yml")["jobs"]["preview"]
    assert preview["permissions"] == {"contents": "read"}
    assert "github.token" not in yaml.safe_dump(preview)


def test_environments_and_plans_are_for_no_fork() -> None:
    same = "github.event.pull_request.head.repo.full_name == github.repository"
    sandbox = read(ROOT / ".github" / "workflows" / "sandbox.yml")["jobs"]
    assert same in sandbox["up"]["if"]
    assert same in sandbox["down"]["if"]
    preview = read(ROOT / ".github" / "workflows" / "preview.yml")["jobs"]["preview"]
    [plans] = [step for step in preview["steps"] if "plans" in str(step.get("with", {}).get("name"))]
    assert same in plans["if"]


def test_secrets_reach_the_steps_that_need_them_alone() -> None:
    for file, name, job in jobs():
        assert "secrets." not in yaml.safe_dump({key: value for key, value in job.items() if key != "steps"}), file
        for step in job["steps"]:
            if "secrets." in yaml.safe_dump(step):
                assert "run" in step or step["uses"] == LOCAL, f"{file}:{name}"


def test_the_guides_workflows_call_these_with_what_they_take() -> None:
    found = callers()
    called = {}
    for caller in found:
        assert caller["permissions"] == {}
        assert "pull_request_target" not in caller[True]
        for job in caller["jobs"].values():
            file = Path(job["uses"]).name
            called[file] = job
            takes = read(ROOT / ".github" / "workflows" / file)[True]["workflow_call"]
            inputs, secrets = takes.get("inputs", {}), takes.get("secrets", {})
            assert set(job.get("with", {})) <= set(inputs)
            assert {name for name, each in inputs.items() if each.get("required")} <= set(job.get("with", {}))
            assert set(job.get("secrets", {})) <= set(secrets)
            wanted: dict[str, str] = {}
            for _, _, inner in (each for each in jobs() if each[0] == file):
                for what, right in inner["permissions"].items():
                    wanted[what] = "write" if "write" in (right, wanted.get(what)) else right
            assert job["permissions"] == wanted
    assert set(called) == {path.name for path in WORKFLOWS}


def test_gitlabs_jobs_that_write_are_no_forks_and_run_the_default_branch() -> None:
    _, template = yaml.safe_load_all(TEMPLATE.read_text())
    for name in ("paas-comment", "paas-sandbox", "paas-sandbox-comment", "paas-sandbox-end"):
        rules = template[name]["rules"]
        assert all("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID" in rule["if"] for rule in rules)
    for name in ("paas-comment", "paas-sandbox-comment"):
        assert template[name]["before_script"][0] == 'git checkout --quiet --detach "origin/$CI_DEFAULT_BRANCH"'
    for name in ("paas-apply", "paas-apply-unreviewed"):
        assert all("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"] for rule in template[name]["rules"])
    preview = template["paas-preview"]
    assert preview["variables"]["KUBECONFIG"] == "$PREVIEW_KUBECONFIG"
    assert "GITLAB_TOKEN" not in yaml.safe_dump(preview)
