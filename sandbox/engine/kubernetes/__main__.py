"""`python -m sandbox.engine.kubernetes [engine-address]`: the plugin's process.

Prints the port it serves on as its first line.
"""

import sys

from sandbox.engine.light import import_protocol_only


def main() -> None:
    """Serve the engine whose address is the last argument."""
    import_protocol_only()
    from sandbox.engine.kubernetes.serve import serve  # noqa: PLC0415 (only now is Pulumi's protocol light to import)

    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    serve(addresses[-1] if addresses else "")


if __name__ == "__main__":
    main()
