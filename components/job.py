"""A job: what runs to its end, by the clock (CronJob) or once for each change of its spec (Job)."""

from dataclasses import dataclass

from pulumi import Input

from components._base import Args, Component, Outputs
from components._kubernetes import CronJob, Job, JobSpecArgsDict, ServiceAccount
from components._meta import meta
from components._pod import binding_maps, container, pod
from spec import JobSpec, TenantSpec, plan
from spec.labels import labels

KEPT_RUNS = 3  # of each kind, good and bad: enough to see a pattern
MISSED_START_SECONDS = 600  # a run that could not start within ten minutes of its time is left out

REPLACE_FAILED = "pulumi.com/replaceUnready"  # the next run of the stack tries a failed job again

OVERLAP = {"forbid": "Forbid", "replace": "Replace"}


@dataclass(frozen=True, kw_only=True)
class ScheduledJobArgs(Args):
    """One job of an environment.

    Attributes:
        tenant: the environment that it is part of.
        job: its name there.
        image: what it runs.
        namespace: where it runs.
    """

    spec: JobSpec
    tenant: TenantSpec
    job: str
    image: Input[str]
    namespace: Input[str]


@dataclass(frozen=True, kw_only=True)
class ScheduledJobOutputs(Outputs):
    """Nothing: nobody waits on what runs by the clock."""


class ScheduledJob(Component[ScheduledJobArgs, ScheduledJobOutputs]):
    """A CronJob, or a Job where there is no schedule."""

    token = "paas:workload:ScheduledJob"

    def build(self, name: str, args: ScheduledJobArgs) -> ScheduledJobOutputs:
        """Make the job's objects."""
        tenant, job, spec = args.tenant, args.job, args.spec
        binding_maps(name, tenant, job, spec, namespace=args.namespace, opts=self.child())
        account = ServiceAccount(
            f"{name}-account",
            metadata=meta(tenant, job, namespace=args.namespace, app=job),
            automount_service_account_token=False,
            opts=self.child(),
        )
        runs = _runs(args, account.metadata["name"])
        if spec.schedule is None:
            Job(
                f"{name}-job",
                metadata=meta(
                    tenant,
                    plan.job_name(job, spec),
                    namespace=args.namespace,
                    app=job,
                    extra_annotations={REPLACE_FAILED: "true"},
                ),
                spec=runs,
                opts=self.child(),
            )
        else:
            CronJob(
                f"{name}-cron",
                metadata=meta(tenant, plan.job_name(job, spec), namespace=args.namespace, app=job),
                spec={
                    "schedule": spec.schedule,
                    "time_zone": spec.timezone,
                    "concurrency_policy": OVERLAP[spec.overlap],
                    "starting_deadline_seconds": MISSED_START_SECONDS,
                    "successful_jobs_history_limit": KEPT_RUNS,
                    "failed_jobs_history_limit": KEPT_RUNS,
                    "job_template": {"metadata": {"labels": labels(tenant, job)}, "spec": runs},
                },
                opts=self.child(),
            )
        return ScheduledJobOutputs()


def _runs(args: ScheduledJobArgs, account: Input[str]) -> JobSpecArgsDict:
    tenant, job, spec = args.tenant, args.job, args.spec
    made = pod(tenant, job, spec, container(tenant, job, spec, image=args.image), account=account)
    made["restart_policy"] = "Never"  # a failed pod stays, with its log, until the job goes
    return {
        "backoff_limit": spec.retries,
        "active_deadline_seconds": plan.deadline_seconds(spec),
        "template": {"metadata": {"labels": labels(tenant, job)}, "spec": made},
    }
