"""What a stored state is worth by the rules of the policy pack: asked of the engine, without program or cluster."""

import json

from pulumi import automation
from pulumi.automation import EngineEvent

from cli._engine import Engine, last_words
from cli._errors import CliError
from cli._events import Account
from cli._runs import Violation


def judged(engine: Engine, stack: str, packs: list[str]) -> tuple[Violation, ...]:
    """Return every violation in the stored state of `stack`.

    Raises:
        CliError: the pack could not judge it.
    """
    account = Account()

    def take(line: str) -> None:
        if line.startswith("{"):
            account(EngineEvent.from_json(json.loads(line)))

    words = [word for pack in packs for word in ("--policy-pack", pack)]
    try:
        engine.workspace.command(["policy", "analyze", "--json", "--stack", stack, *words], take)
    except automation.CommandError as error:
        if not account.refused():
            raise CliError("; ".join(account.errors) or last_words(error), "try the pack by itself") from None
    return tuple(account.violations)
