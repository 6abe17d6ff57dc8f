"""Bad inputs in what a tenant runs."""

from tests.builders import a_job
from tests.spec.bad import MAPPING, NAME, REMOVED, SPAN, TEXT, Bad

NUMBER = "wanted a whole number; write digits without quotes"
IMAGE = (
    "wanted registry/name:tag, best with @sha256:digest, and not the tag `latest`; "
    "write for example registry.example.com/shop/web:1.4.2"
)
CPU_GRAMMAR = "wanted a Kubernetes quantity such as 500m, 2 or 1.5Gi; write 500m or 2"
BYTES_GRAMMAR = "wanted a Kubernetes quantity such as 500m, 2 or 1.5Gi; write 512Mi or 2Gi"
CPU = "wanted CPU above 0, in steps of 1m (a thousandth core); write 500m or 2"
BYTES = "wanted whole bytes above 0 (`m` means thousandths, not mega); write 512Mi or 2Gi"
PATH = "wanted a path that starts with `/`; write for example /healthz"
ENV_NAME = (
    "wanted a variable's name: capital letters, digits and `_`, not starting with a digit; write for example LOG_LEVEL"
)

NUL = "wanted text without NUL characters, which end every argument and variable; remove them"

BAD_WORKLOADS: list[Bad] = [
    Bad("apps", ["web"], MAPPING),
    Bad("apps.web", "nginx", MAPPING),
    Bad("apps.web.image", REMOVED, "wanted what to run; add `image:`"),
    Bad("apps.web.image", "nginx", IMAGE),
    Bad("apps.web.image", "registry.example.com/nginx", IMAGE),
    Bad("apps.web.image", "registry.example.com/nginx:latest", IMAGE),
    Bad(
        "apps.web.image",
        "registry.example.com/nginx:latest@sha256:" + "0" * 64,
        IMAGE,
        shown='"registry.example.com/nginx:latest@sha256:00000000000000000000000000000000000000…',
    ),
    Bad("apps.web.image", "shop/web:1.4.2", IMAGE),
    Bad("apps.web.image", "registry.example.com/web:1@sha256:beef", IMAGE),
    Bad("apps.web.image", "registry.example.com/Web:1", IMAGE),
    Bad("apps.web.args", "netexec", "wanted a list; write one `- item` a line", shown="text"),
    Bad("apps.web.args", ["a\0b"], NUL, at="apps.web.args.0", shown="text"),
    Bad("apps.web.config", {"LEVEL": "\0"}, NUL, at="apps.web.config.LEVEL", shown="text"),
    Bad("apps.web.args", [1], TEXT, at="apps.web.args.0", shown="a number"),
    Bad("apps.web.port", REMOVED, "wanted where it answers HTTP; add `port:`"),
    Bad("apps.web.port", "8080", NUMBER),
    Bad("apps.web.port", 8080.5, NUMBER),
    Bad("apps.web.port", 0, "wanted a number of at least 1; write 1 or more"),
    Bad("apps.web.port", 65536, "wanted a number of at most 65535; write 65535 or less"),
    Bad("apps.web.port", True, NUMBER),
    Bad("apps.web.health", REMOVED, "wanted how it is asked whether it is well; add `health:`"),
    Bad("apps.web.health.ready", "ready", PATH),
    Bad("apps.web.health.live", "http://x/y", PATH),
    Bad(
        "apps.web.health",
        {"ready": "/x", "live": "/x"},
        "wanted another path than `ready`; answer liveness without dependencies",
        at="apps.web.health.live",
        shown='"/x"',
    ),
    Bad("apps.web.replicas", 0, "wanted a number of at least 1; write 1 or more"),
    Bad("apps.web.replicas", 101, "wanted a number of at most 100; write 100 or less"),
    Bad("apps.web.replicas", "2", NUMBER),
    Bad("apps.web.cpu", "2 cores", CPU_GRAMMAR),
    Bad("apps.web.cpu", 0.5, TEXT),
    Bad("apps.web.cpu", "0", CPU),
    Bad("apps.web.cpu", "100u", CPU),
    Bad("apps.web.cpu", "-1", "wanted a quantity that is not negative; write 500m or 2"),
    Bad("apps.web.memory", "5GB", BYTES_GRAMMAR),
    Bad("apps.web.memory", "128m", BYTES),
    Bad("apps.web.memory", "10E", "wanted a quantity of at most 2^63-1; write 512Mi or 2Gi"),
    Bad("apps.web.memory", True, TEXT),
    Bad(
        "apps.Web",
        {"image": "registry.example.com/web:1", "port": 80, "health": {"ready": "/r", "live": "/l"}},
        NAME,
        at="apps",
        shown='"Web"',
    ),
    Bad(
        "apps.web.helth",
        1,
        "wanted one of image, args, cpu, memory, disk, user, config, secrets, bindings, namespace, trust, port, "
        "health, served, hosts, rateLimit, replicas, scale, grace; did you mean `health`?",
        shown="a field of that name",
    ),
    Bad("apps.web.user", 0, "wanted a number of at least 1; write 1 or more"),
    Bad("apps.web.trust", "yes", "wanted true or false; write true or false without quotes"),
    Bad("apps.web.grace", 5, "wanted a number of at least 10; write 10 or more"),
    Bad("apps.web.served", "no", "wanted true or false; write true or false without quotes"),
    Bad("apps.web.config", {"lower": "x"}, ENV_NAME, shown='"lower"'),
    Bad("apps.web.config", {"LEVEL": 1}, TEXT, at="apps.web.config.LEVEL", shown="a number"),
    Bad(
        "apps.web.config",
        {"DB_PASSWORD": "hunter2"},
        "wanted only values that anyone may read; move `DB_PASSWORD` to `secrets:`",
        at="apps.web.config.DB_PASSWORD",
        shown='"DB_PASSWORD"',
    ),
    Bad(
        "apps.web.config",
        {"DATABASE": "postgres://shop:hunter2@db.example/shop"},
        "wanted only values that anyone may read; move `DATABASE` to `secrets:`",
        at="apps.web.config.DATABASE",
        shown='"DATABASE"',
    ),
    Bad(
        "apps.web.image",
        "https://shop:hunter2@registry.example.com/web:1",
        IMAGE,
        shown='"https://shop:[secret]@registry.example.com/web:1"',
    ),
    Bad("apps.web.secrets", {"TOKEN": "hunter2"}, MAPPING, at="apps.web.secrets.TOKEN", shown="text"),
    Bad(
        "apps.web.secrets",
        {"TOKEN": {"name": "a"}},
        "wanted the key in it; add `key:`",
        at="apps.web.secrets.TOKEN.key",
        shown="nothing",
    ),
    Bad(
        "apps.web.bindings",
        {"api": {"app": "api"}},
        "wanted another app that is served: there is none; correct the name, or add the app",
        at="apps.web.bindings.api.app",
        shown='"api"',
    ),
    Bad(
        "apps.web.bindings",
        {"self": {"app": "web", "by": "magic"}},
        "wanted one of env, files; write env, for example",
        at="apps.web.bindings.self.by",
        shown='"magic"',
    ),
    Bad(
        "apps.web.namespace",
        "batch",
        "wanted one of `namespaces`: there is none; correct it, or add the namespace",
    ),
    Bad(
        "apps.web.hosts",
        ["www.acme.example"],
        "wanted a host in one of `domains`: there is none; correct it, or add its domain",
        at="apps.web.hosts.0",
        shown='"www.acme.example"',
    ),
    Bad(
        "apps.web.scale",
        {"min": 3, "max": 3},
        "wanted more than `min`, which is 3; raise `max`, or write `replicas:` for a fixed number",
        at="apps.web.scale.max",
        shown="3",
    ),
    Bad("apps.web.rateLimit", 20, MAPPING),
    Bad(
        "apps.web.rateLimit",
        {"burst": 20},
        "wanted requests in a second, at each copy of the gateway; add `requests:`",
        at="apps.web.rateLimit.requests",
        shown="nothing",
    ),
    Bad(
        "apps.web.rateLimit",
        {"requests": 0},
        "wanted a number of at least 1; write 1 or more",
        at="apps.web.rateLimit.requests",
        shown="0",
    ),
    Bad("apps.web.rateLimit", {"requests": "20/s"}, NUMBER, at="apps.web.rateLimit.requests", shown='"20/s"'),
    Bad(
        "apps.web.rateLimit",
        {"requests": 20, "period": "1m"},
        "wanted one of requests, burst; remove it",
        at="apps.web.rateLimit.period",
        shown="a field of that name",
    ),
    Bad(
        "apps.web.rateLimit",
        {"requests": 20, "burst": 41},
        "wanted from 20, which is `requests`, to 40, twice as many; write one of these",
        at="apps.web.rateLimit.burst",
        shown="41",
    ),
    Bad(
        "apps.web.rateLimit",
        {"requests": 20, "burst": 19},
        "wanted from 20, which is `requests`, to 40, twice as many; write one of these",
        at="apps.web.rateLimit.burst",
        shown="19",
    ),
    Bad(
        "apps.web.rateLimit",
        {"requests": 20},
        "wanted `hosts` with it; name `hosts`, or remove it: who calls by the app's name passes no gateway",
        shown="20",
    ),
    Bad(
        "jobs",
        {"big": a_job(cpu="5")},
        "wanted at most 4, the most of one container in tier standard; lower it, or take a larger `tier`",
        at="jobs.big.cpu",
        shown='"5"',
    ),
    Bad(
        "jobs",
        {"big": a_job(memory="9Gi")},
        "wanted at most 8Gi, the most of one container in tier standard; lower it, or take a larger `tier`",
        at="jobs.big.memory",
        shown='"9Gi"',
    ),
    Bad(
        "apps.web.replicas",
        100,
        "wanted at most 100, as tier standard has; lower its size or its copies, or take a larger `tier`",
        at="apps.web",
        shown="101 pods of namespace acme-prod at worst, with one more copy of each app",
    ),
    Bad(
        "jobs",
        {"web": a_job()},
        "wanted a name that no app has; rename the job or the app",
        at="jobs.web",
        shown='"web"',
    ),
    Bad(
        "jobs",
        {"nightly": a_job(schedule="0 3 * *")},
        "wanted five fields: minute, hour, day of the month, month, day of the week; "
        "write for example 15 3 * * * for 03:15 every day",
        at="jobs.nightly.schedule",
        shown='"0 3 * *"',
    ),
    Bad(
        "jobs",
        {"nightly": a_job(schedule="0 24 * * *")},
        "wanted 0 to 23 for the hour, `*`, a range or a list instead of `24`; "
        "write for example 15 3 * * * for 03:15 every day",
        at="jobs.nightly.schedule",
        shown='"0 24 * * *"',
    ),
    Bad("jobs", {"nightly": a_job(deadline="1 day")}, SPAN, at="jobs.nightly.deadline", shown='"1 day"'),
    Bad(
        "jobs",
        {"nightly": a_job(overlap="allow")},
        "wanted one of forbid, replace; write forbid, for example",
        at="jobs.nightly.overlap",
        shown='"allow"',
    ),
    Bad(
        "jobs",
        {"nightly": a_job(retries=11)},
        "wanted a number of at most 10; write 10 or less",
        at="jobs.nightly.retries",
        shown="11",
    ),
]
