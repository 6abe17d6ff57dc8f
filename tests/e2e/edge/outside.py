"""What who stands outside of the cluster sees of an app's hosts."""

import subprocess

from drills.edge import Entry


def curl(of: Entry, url: str, *words: str) -> str:
    """Return what curl writes about `url`, whose host is the gateway's address."""
    scheme, host = url.split("/", maxsplit=1)[0], url.split("/")[2]
    where = f"{host}:{443 if scheme == 'https:' else 80}:{of.address}"
    command = ["curl", "--silent", "--show-error", "--max-time", "10", "--resolve", where, *words, url]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
