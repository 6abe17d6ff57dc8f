"""The policy pack. The engine runs it in this folder: `pulumi preview --policy-pack policies`."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # not this folder: its modules are `policies.<name>`

from policies._pack import Servicer, from_environment  # noqa: E402  # the path comes first
from policies._serve import serve  # noqa: E402  # the path comes first
from policies.rules import RULES  # noqa: E402  # the path comes first

serve(Servicer(RULES, from_environment()))
