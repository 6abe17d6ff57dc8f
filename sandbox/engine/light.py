"""Import Pulumi's protocol without importing Pulumi: a plugin starts in a third of the time.

`import pulumi.runtime.proto` runs `pulumi/__init__.py` first, which loads the whole SDK (half a second). A plugin
needs only the generated messages below it.
"""

import sys
from importlib.util import find_spec
from types import ModuleType


def import_protocol_only() -> None:
    """Stand empty packages in for `pulumi` and its parents of the protocol, for the rest of this process.

    For the entry point of a plugin's process alone, before anything imports `pulumi`. Does nothing where the SDK is
    loaded already.

    Raises:
        ModuleNotFoundError: the SDK is not installed.
    """
    if "pulumi" in sys.modules:
        return
    spec = find_spec("pulumi")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the Pulumi SDK is not installed; run `make setup`", name="pulumi")
    home = spec.submodule_search_locations[0]
    for name, folder in {
        "pulumi": home,
        "pulumi.runtime": f"{home}/runtime",
        "pulumi.runtime.proto": f"{home}/runtime/proto",
    }.items():
        package = ModuleType(name)
        package.__path__ = [folder]
        sys.modules[name] = package
