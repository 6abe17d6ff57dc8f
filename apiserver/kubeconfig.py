"""Which API server, and as whom: from a kubeconfig, like kubectl."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from apiserver.errors import Unreachable

if TYPE_CHECKING:
    from kubernetes.client import ApiClient


def client_of(kubeconfig: str | None) -> ApiClient:
    """Return a client of the cluster that `kubeconfig`, a text, names; None: that of KUBECONFIG.

    Raises:
        Unreachable: it names none.
    """
    from kubernetes import client, config  # noqa: PLC0415  # takes a second to load, and few verbs need it
    from yaml import YAMLError as LoaderError  # noqa: PLC0415

    found = client.Configuration()
    found.retries = False  # before there is a client: it asks only then
    where = "KUBECONFIG" if kubeconfig is None else "the stack's kubeconfig"
    try:
        if kubeconfig is None:
            # By name: the library reads KUBECONFIG when it is imported, which may be before it was set.
            config.load_kube_config(os.environ.get("KUBECONFIG") or None, client_configuration=found)
        else:
            config.load_kube_config_from_dict(YAML(typ="safe", pure=True).load(kubeconfig), client_configuration=found)
    except config.ConfigException as error:
        raise Unreachable(f"{where} names no cluster: {' '.join(str(error).split())}") from None
    except (YAMLError, LoaderError):  # they repeat lines, which may be keys
        raise Unreachable(f"{where} names no cluster: it is no YAML") from None
    except (TypeError, AttributeError):  # the library takes for granted that it is a mapping
        raise Unreachable(f"{where} names no cluster: it is not a kubeconfig") from None
    return client.ApiClient(found)
