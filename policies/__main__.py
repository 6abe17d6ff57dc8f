"""The policy pack. The engine runs it in this folder: `pulumi preview --policy-pack policies`."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its modules are `policies.<name>`

from policies._pack import Servicer, from_environment  # noqa: E402  # the path comes first
from policies._platform import as_set  # noqa: E402  # the path comes first
from policies._platform import read as platform  # noqa: E402  # the path comes first
from policies._serve import serve  # noqa: E402  # the path comes first
from policies.rules import RULES  # noqa: E402  # the path comes first
from spec import SpecError  # noqa: E402  # the path comes first

try:
    rules = as_set(RULES, platform())
except SpecError as error:
    sys.exit(f"the platform's stack file cannot be used:\n{error}")
serve(Servicer(rules, from_environment()))
