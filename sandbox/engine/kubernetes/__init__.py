"""The Kubernetes resource provider plugin: Pulumi's side is the gRPC protocol, the cluster's side server-side apply.

__main__, serve         the process: one gRPC server for one engine
provider, answers       the protocol: a thin method for each call; errors as statuses
checks, diffing         what the program asks for, and what that changes
operations              create, update, delete and read on plain values
create, update, delete, preview, refresh, patches, components, functions     one file for each thing that is done
await_                  when an object is ready, or gone, and why it is not
apply, managers         server-side apply, and who owns which field
immutable, naming       rules: what replaces an object, what it is called
session, configuration, kubeconfig, client, discovery, log      one cluster as one user
values, objects, paths, quantity, manifests, order              data, and nothing else
"""
