"""Who can and who cannot, verb by verb: written by hand, for people to read and to hold the plan against.

One line: verbs, what (as kubectl spells it), who can in production, who elsewhere. A letter in its place means can, `-`
cannot: Viewer, Developer, dePloyer, Admin, and a group with break-Glass in force that has no other role. What no line
names nobody can; that is tested too.
"""

from dataclasses import dataclass

COLUMNS = {
    "viewer": ("prod", "viewer"),
    "developer": ("prod", "developer"),
    "deployer": ("prod", "deployer"),
    "admin": ("prod", "admin"),
    "glass": ("prod", "glass"),
    "dev-viewer": ("dev", "viewer"),
    "dev-developer": ("dev", "developer"),
    "dev-deployer": ("dev", "deployer"),
    "dev-admin": ("dev", "admin"),
}
"""Environment and role of each letter's place."""

LETTERS = "VDPAGVDPA"

IN_ITS_NAMESPACE = """
# verbs                     what                                             prod   dev
get                         namespaces                                       VDPA-  VDPA
update,patch,delete         namespaces                                       -----  ----
get,list,watch              pods                                             VDPAG  VDPA
create,update,patch         pods                                             -----  ----
delete                      pods                                             --PA-  -DPA
deletecollection            pods                                             -----  ----
get                         pods/log                                         -DPA-  -DPA
create                      pods/eviction                                    --PA-  -DPA
create,get                  pods/exec                                        ----G  -D-A
create,get                  pods/attach                                      ----G  -D-A
create,get                  pods/portforward                                 ----G  -D-A
get,create                  pods/proxy                                       -----  ----
update,patch                pods/ephemeralcontainers                         -----  ----
update,patch                pods/status                                      -----  ----
update,patch                pods/resize                                      -----  ----
create                      pods/binding                                     -----  ----
create                      bindings                                         -----  ----
get,list,watch              services                                         VDPA-  VDPA
create,update,patch,delete  services                                         --PA-  -DPA
get,create                  services/proxy                                   -----  ----
update,patch                services/status                                  -----  ----
get,list,watch              endpoints                                        VDPA-  VDPA
create,update,patch,delete  endpoints                                        -----  ----
get,list,watch              endpointslices.discovery.k8s.io                  VDPA-  VDPA
create,update,patch,delete  endpointslices.discovery.k8s.io                  -----  ----
get,list,watch              configmaps                                       VDPA-  VDPA
create,update,patch,delete  configmaps                                       --PA-  -DPA
get,list,watch              secrets                                          -----  ----
create,update,delete        secrets                                          --PA-  -DPA
patch,deletecollection      secrets                                          -----  ----
get,list,watch              serviceaccounts                                  VDPA-  VDPA
create,update,patch,delete  serviceaccounts                                  -----  ----
create                      serviceaccounts/token                            -----  ----
impersonate                 serviceaccounts                                  -----  ----
get,list,watch              persistentvolumeclaims                           VDPA-  VDPA
create,update,patch,delete  persistentvolumeclaims                           --PA-  -DPA
get,list,watch              resourcequotas                                   VDPA-  VDPA
create,update,patch,delete  resourcequotas                                   -----  ----
update,patch                resourcequotas/status                            -----  ----
get,list,watch              limitranges                                      VDPA-  VDPA
create,update,patch,delete  limitranges                                      -----  ----
get,list,watch              events                                           VDPA-  VDPA
create,patch,delete         events                                           -----  ----
get,list,watch              events.events.k8s.io                             VDPA-  VDPA
get,list                    pods.metrics.k8s.io                              VDPA-  VDPA
get,list,watch              deployments.apps                                 VDPA-  VDPA
create,update,patch,delete  deployments.apps                                 --PA-  -DPA
deletecollection            deployments.apps                                 -----  ----
get,update,patch            deployments.apps/scale                           -----  ----
update,patch                deployments.apps/status                          -----  ----
get,list,watch              statefulsets.apps                                VDPA-  VDPA
create,update,patch,delete  statefulsets.apps                                --PA-  -DPA
get,update,patch            statefulsets.apps/scale                          -----  ----
get,list,watch              replicasets.apps                                 VDPA-  VDPA
create,update,patch,delete  replicasets.apps                                 -----  ----
update,patch                replicasets.apps/scale                           -----  ----
get,list,watch              daemonsets.apps                                  VDPA-  VDPA
create,update,patch,delete  daemonsets.apps                                  -----  ----
create,update,patch,delete  controllerrevisions.apps                         -----  ----
create,update,patch,delete  replicationcontrollers                           -----  ----
create                      podtemplates                                     -----  ----
get,list,watch              jobs.batch                                       VDPA-  VDPA
create,update,patch,delete  jobs.batch                                       --PA-  -DPA
get,list,watch              cronjobs.batch                                   VDPA-  VDPA
create,update,patch,delete  cronjobs.batch                                   --PA-  -DPA
get,list,watch              horizontalpodautoscalers.autoscaling             VDPA-  VDPA
create,update,patch,delete  horizontalpodautoscalers.autoscaling             -----  ----
get,list,watch              poddisruptionbudgets.policy                      VDPA-  VDPA
create,update,patch,delete  poddisruptionbudgets.policy                      -----  ----
get,list,watch              networkpolicies.networking.k8s.io                VDPA-  VDPA
create,update,patch,delete  networkpolicies.networking.k8s.io                -----  ----
get,list,watch              ingresses.networking.k8s.io                      VDPA-  VDPA
create,update,patch,delete  ingresses.networking.k8s.io                      -----  ----
create,patch                httproutes.gateway.networking.k8s.io             -----  ----
create,patch                middlewares.traefik.io                           -----  ----
create,patch                backendtrafficpolicies.gateway.envoyproxy.io     -----  ----
get,list,watch              roles.rbac.authorization.k8s.io                  ---A-  ---A
create,update,patch,delete  roles.rbac.authorization.k8s.io                  -----  ----
bind,escalate               roles.rbac.authorization.k8s.io                  -----  ----
get,list,watch              rolebindings.rbac.authorization.k8s.io           ---A-  ---A
create,update,patch,delete  rolebindings.rbac.authorization.k8s.io           -----  ----
get,list,create,update      leases.coordination.k8s.io                       -----  ----
create                      localsubjectaccessreviews.authorization.k8s.io   -----  ----
create,patch                resourceclaims.resource.k8s.io                   -----  ----
"""

IN_THE_CLUSTER = """
# Nobody of any tenant can any of this.
list,watch,create           namespaces
get,list,patch,delete       nodes
get,create                  nodes/proxy
patch                       nodes/status
get,list,create,delete      persistentvolumes
list,watch                  pods
list,watch                  secrets
list,watch                  configmaps
get,list,create,patch       storageclasses.storage.k8s.io
get,list,create,patch       priorityclasses.scheduling.k8s.io
get,create,patch,delete     customresourcedefinitions.apiextensions.k8s.io
get,create,patch            apiservices.apiregistration.k8s.io
get,patch,delete            validatingadmissionpolicies.admissionregistration.k8s.io
get,patch,delete            validatingadmissionpolicybindings.admissionregistration.k8s.io
create                      mutatingadmissionpolicies.admissionregistration.k8s.io
create,patch                mutatingwebhookconfigurations.admissionregistration.k8s.io
create,patch                validatingwebhookconfigurations.admissionregistration.k8s.io
get,create,patch            clusterroles.rbac.authorization.k8s.io
bind,escalate               clusterroles.rbac.authorization.k8s.io
create,patch,delete         clusterrolebindings.rbac.authorization.k8s.io
create,get                  certificatesigningrequests.certificates.k8s.io
update                      certificatesigningrequests.certificates.k8s.io/approval
approve,sign                signers.certificates.k8s.io
create                      tokenreviews.authentication.k8s.io
create                      subjectaccessreviews.authorization.k8s.io
impersonate                 users
impersonate                 groups
impersonate                 userextras.authentication.k8s.io
create                      ingressclasses.networking.k8s.io
create                      ipaddresses.networking.k8s.io
create                      servicecidrs.networking.k8s.io
create                      runtimeclasses.node.k8s.io
get,create,patch,delete     flowschemas.flowcontrol.apiserver.k8s.io
get,create,patch,delete     prioritylevelconfigurations.flowcontrol.apiserver.k8s.io
manage                      environments.paas.internal
get                         /metrics
get                         /logs
get                         /debug/pprof
"""


@dataclass(frozen=True)
class Row:
    """One verb on one thing, and who can."""

    verb: str
    what: str
    can: frozenset[str]


def _rows(table: str) -> list[Row]:
    found: list[Row] = []
    for line in table.strip().splitlines():
        if line.startswith("#"):
            continue
        verbs, what, *cells = line.split()
        marks = "".join(cells) or "-" * len(LETTERS)
        assert all(mark in ("-", letter) for mark, letter in zip(marks, LETTERS, strict=True)), line
        able = frozenset(column for column, mark in zip(COLUMNS, marks, strict=True) if mark != "-")
        found += [Row(verb, what, able) for verb in verbs.split(",")]
    assert len({(row.verb, row.what) for row in found}) == len(found), "a line stands twice"
    return found


ROWS = _rows(IN_ITS_NAMESPACE)
CLUSTER_ROWS = _rows(IN_THE_CLUSTER)
