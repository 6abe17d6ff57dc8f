"""Bad databases and bindings to them, and what their writer is told."""

from tests.spec.bad import NAME, Bad

BAD_DATABASES = [
    Bad("databases.orders", {}, "wanted how large it is; add `plan:`", at="databases.orders.plan", shown="nothing"),
    Bad(
        "databases.orders.plan",
        "huge",
        "wanted one of small, medium, large, xlarge; write small, for example",
    ),
    Bad("databases.Orders", {"plan": "small"}, NAME, at="databases", shown='"Orders"'),
    Bad(
        "databases.orders",
        {"plan": "small", "version": 14},
        "wanted one of 15, 16, 17, 18; did you mean `18`?",
        at="databases.orders.version",
        shown="14",
    ),
    Bad(
        "databases.orders",
        {"plan": "small", "credentials": 0},
        "wanted a number of at least 1; write 1 or more",
        at="databases.orders.credentials",
        shown="0",
    ),
    Bad(
        "databases.orders",
        {"plan": "small", "extensions": ["citext", "citext"]},
        "wanted each extension once; remove one of the two",
        at="databases.orders.extensions",
        shown='"citext"',
    ),
    Bad(
        "databases.orders",
        {"plan": "small", "retire": "order"},
        "wanted orders, its own name once more; correct it, or remove it to keep it",
        at="databases.orders.retire",
        shown='"order"',
    ),
    Bad(
        "databases.orders",
        {"plan": "small", "namespace": "data"},
        "wanted one of `namespaces`: there is none; correct it, or add the namespace",
        at="databases.orders.namespace",
        shown='"data"',
    ),
    Bad(
        "databases.orders",
        {"plan": "small", "storage": "512Mi"},
        "wanted at least 1Gi, which plan small has; raise it, or remove it",
        at="databases.orders.storage",
        shown='"512Mi"',
    ),
    Bad(
        "apps.web.bindings",
        {"orders": {"database": "orders"}},
        "wanted a database of the same namespace: there is none; correct the name, or add the database",
        at="apps.web.bindings.orders.database",
        shown='"orders"',
    ),
    Bad(
        "apps.web.bindings",
        {"orders": {}},
        "wanted either `app` or `database`; say which of the two it calls",
        at="apps.web.bindings.orders",
        shown='"neither"',
    ),
    Bad(
        "apps.web.bindings",
        {"api": {"app": "api", "pool": 3}},
        "wanted nothing, for an app has no connections to count; remove it, or bind a `database`",
        at="apps.web.bindings.api.pool",
        shown="3",
    ),
]
