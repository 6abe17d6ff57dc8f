"""Every program the sandbox runs: declared as data, found where the machine has it, built where it has not.

programs = ensure(["etcd", "kube-apiserver"], progress)     # name -> path
"""

from sandbox.toolchain.catalogue import DEBIAN, MODULES
from sandbox.toolchain.ensure import ensure
from sandbox.toolchain.find import Found, find

__all__ = ["DEBIAN", "MODULES", "Found", "ensure", "find"]
