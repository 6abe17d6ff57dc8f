"""One verb on one stack, and on many in order: what the engine is asked, and what its answer is called."""

from collections.abc import Callable, Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pulumi import automation
from pulumi.automation import errors

from apiserver import Cluster, Unreachable
from cli._codes import Code
from cli._engine import Engine, last_words, locked
from cli._errors import CliError
from cli._events import Account
from cli._files import PROJECT, stack_path
from cli._progress import Progress
from cli._project import Project
from cli._reports import Result
from cli._runs import StackRun

Verb = Literal["preview", "up", "refresh", "destroy", "drift"]

FROM_FILE: tuple[Verb, ...] = ("preview", "up", "drift")
"""Verbs that run the program, and so need a file that can be used."""

PROBED: tuple[Verb, ...] = ("preview", "drift")
"""Verbs that succeed without a cluster, and then tell less than they seem to."""

UNANSWERED = "the cluster does not answer: previewed from the stored state alone"


@dataclass(frozen=True)
class Runner:
    """Runs a verb on stacks.

    Attributes:
        known: the stacks that the backend has; another is made by verbs that need one.
        plans: a folder with a plan for each stack that `up` keeps to; None: there are none to keep to.
    """

    verb: Verb
    project: Project
    engine: Engine
    known: Container[str]
    progress: Progress
    plans: Path | None = None

    def run(self, stack: str) -> StackRun:
        """Run on one stack, whatever comes of it; once all is cancelled, not at all."""
        if self.engine.command.cancelled:
            return not_begun(stack)
        with self.progress.track(stack) as track:
            account = Account(track.change, track.at)
            with no_new_file(self.project, stack):
                code, more = self._attempt(stack, account)
            if _worth_asking(self.verb, code) and not self._cluster_answers(stack):
                code, more = Code.UNREACHABLE, [*more, UNANSWERED if code in FINE else "the cluster does not answer"]
            track.result = result_of(code, bool(account.changes))
            return StackRun(
                stack=stack,
                result=track.result,
                code=code,
                seconds=track.seconds,
                counts=account.counts,
                changes=tuple(account.changes.values()),
                violations=tuple(account.violations),
                errors=tuple(dict.fromkeys((*account.errors, *more))),
            )

    def _attempt(self, stack: str, account: Account) -> tuple[Code, list[str]]:
        """Return the code, and what is to be told besides the events."""
        try:
            if self.verb in FROM_FILE:
                self.project.usable(stack)
                if stack not in self.known:
                    self.engine.workspace.create_stack(stack)
            self._ask(self.engine.stack(stack), account)
        except CliError as error:
            return error.code, [f"{error.what}; {error.fix}"]
        except errors.ConcurrentUpdateError as error:
            return Code.LOCKED, [str(locked(error))]
        except automation.CommandError as error:
            code = self._failure(account)
            told = account.summed_up or account.errors or account.refused() or code is Code.CANCELLED
            return code, [] if told else [last_words(error)]
        except RuntimeError as error:  # the Automation API: the engine has ended without a summary
            return self._failure(account), [str(error)]
        return (Code.CHANGES if self.verb in PROBED and account.changes else Code.DONE), []

    def _failure(self, account: Account) -> Code:
        return failure(account, cancelled=self.engine.command.cancelled, program=self.verb in FROM_FILE)

    def _ask(self, stack: automation.Stack, account: Account) -> None:
        packs = self.engine.packs
        match self.verb:
            case "preview":
                stack.preview(on_event=account, policy_packs=packs, color="never", suppress_outputs=True)
            case "drift":
                stack.preview(on_event=account, policy_packs=packs, color="never", suppress_outputs=True, refresh=True)
            case "up":
                stack.up(
                    on_event=account,
                    policy_packs=packs,
                    plan=self._plan(stack.name),
                    color="never",
                    suppress_outputs=True,
                    show_secrets=False,
                )
            case "refresh":
                stack.refresh(on_event=account, color="never", suppress_outputs=True, show_secrets=False)
            case "destroy":
                stack.destroy(on_event=account, color="never", suppress_outputs=True, show_secrets=False)

    def _plan(self, stack: str) -> str | None:
        if self.plans is None:
            return None
        plan = self.plans.resolve() / f"{stack}.json"
        if not plan.is_file():
            fix = "`paas review --plans` writes plans"
            raise CliError(f"there is no plan {plan.name} in {self.plans}", fix, Code.UNPLANNED)
        return str(plan)

    def _cluster_answers(self, stack: str) -> bool:
        try:
            return cluster_of(self.project, self.engine, stack).answers()
        except Unreachable:
            return False


@contextmanager
def no_new_file(project: Project, stack: str) -> Iterator[None]:
    """Leave no file where there was none: the engine writes its salt into the file of every stack that it opens."""
    path = stack_path(project.root, stack)
    there = path.exists()
    try:
        yield
    finally:
        if not there:
            path.unlink(missing_ok=True)


def cluster_of(project: Project, engine: Engine, stack: str) -> Cluster:
    """Return the cluster of a stack: its own, or that of KUBECONFIG.

    Raises:
        Unreachable: no kubeconfig names one.
    """
    file = project.files.get(stack)
    own = file is not None and f"{PROJECT}kubeconfig" in file.document.get("config", {})
    return Cluster(engine.stack(stack).get_config(f"{PROJECT}kubeconfig").value if own else None)


FINE = (Code.DONE, Code.CHANGES)


def _worth_asking(verb: Verb, code: Code) -> bool:
    """Say whether the cluster is to be asked if it answers: that can be why a run failed, or told so little."""
    return code in (Code.FAILED, Code.PROGRAM) or (verb in PROBED and code in FINE)


def failure(account: Account, *, cancelled: bool, program: bool) -> Code:
    """Return what the events of a run that failed say about why; `program`: it ran the program."""
    if cancelled:
        return Code.CANCELLED
    if account.refused():
        return Code.POLICY
    if account.unplanned:
        return Code.UNPLANNED
    at_fault = program and account.summed_up and account.errors and not account.failed
    return Code.PROGRAM if at_fault else Code.FAILED


def result_of(code: Code, changed: bool) -> Result:
    """Return how a run ended, in a word."""
    match code:
        case Code.CANCELLED:
            return "cancelled"
        case Code.POLICY | Code.INVALID:
            return "refused"
        case Code.DONE | Code.CHANGES | Code.LEFTOVERS:
            return "changed" if changed else "unchanged"
        case _:
            return "failed"


def not_begun(stack: str) -> StackRun:
    """Return the record of a stack whose turn did not come."""
    return StackRun(
        stack=stack,
        result="not begun",
        code=Code.DONE,
        seconds=0.0,
        counts={},
        changes=(),
        violations=(),
        errors=(),
    )


def in_waves(
    waves: Sequence[Sequence[str]], run: Callable[[str], StackRun], parallel: int, *, fine: Callable[[StackRun], bool]
) -> list[StackRun]:
    """Run wave after wave, at most `parallel` stacks at a time; one that is not `fine` ends all after its wave.

    A stack of the last wave that fails leaves the others to be done.
    """
    runs: list[StackRun] = []
    for index, wave in enumerate(waves):
        if runs and not all(fine(run_) for run_ in runs):
            return [*runs, *(not_begun(stack) for rest in waves[index:] for stack in rest)]
        with ThreadPoolExecutor(max(1, parallel)) as pool:
            runs += pool.map(run, wave)
    return runs
