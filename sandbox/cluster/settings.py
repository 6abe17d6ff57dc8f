"""The sandbox's fixed names, addresses and ports: one place, because certificates, flags and rules must agree on them.

Nothing listens on the machine's outside address: the API server and the kubelet serve on the pods' bridge,
everything else on loopback.
"""

NODE = "sandbox"
"""Name of the real node."""

BRIDGE = "paas0"
"""Linux bridge of the pods. It carries `NODE_IP`, so the node's address does not follow the machine's network."""

NODE_IP = "10.244.0.1"
POD_CIDR = "10.244.0.0/16"
SIMULATED_POD_CIDR = "10.245.0.1/16"
"""Of pods that only look as if; the first address given out is the one before the slash."""

CLUSTER_CIDR = "10.244.0.0/15"
"""Real and simulated pods together."""

SERVICE_CIDR = "10.96.0.0/16"
DNS_IP = "10.96.0.10"
DNS_DOMAIN = "cluster.local"
LOOPBACK = "127.0.0.1"

CNI_NETWORK = "paas"

PORTS = {
    "etcd": 2379,
    "etcd-peer": 2380,
    "etcd-health": 2381,
    "kube-apiserver": 6443,
    "kube-controller-manager": 10257,
    "kube-scheduler": 10259,
    "kubelet": 10250,
    "kubelet-health": 10248,
    "kube-proxy": 10256,
    "kube-proxy-metrics": 10249,
    "kwok": 10247,
    "registry": 5000,
}
"""Port by what listens on it; the part before the dash is the service."""

REGISTRY = f"{LOOPBACK}:{PORTS['registry']}"
"""Where images are pushed to and pulled from."""

MARK = "PAAS_SUPERVISED_IN"
"""Environment variable of every process under the supervisor: the state folder, which proves whose it is.

No shell of a user may ever carry it: `down` ends what does.
"""
