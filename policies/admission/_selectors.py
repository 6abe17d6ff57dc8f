"""CEL about selectors of namespaces, as `policies.network.selected` reads them."""

from spec import plan

KEY = f"'{plan.NAMESPACE_NAME}'"


def by_names(selector: str) -> str:
    """Return CEL that holds where a selector goes by names of namespaces, whatever else it goes by."""
    return f"({_label(selector)}.hasValue() || {_lists(selector)}.size() > 0)"


def names(selector: str) -> str:
    """Return CEL of the namespaces that such a selector names; without any, those that it names twice over."""
    return (
        f"({_label(selector)}.optMap(name, [name]).orValue([]) + {_lists(selector)}.flatten()).filter(name,"
        f" {_label(selector)}.orValue(name) == name && {_lists(selector)}.all(values, name in values))"
    )


def _label(selector: str) -> str:
    return f"{selector}.?matchLabels[?{KEY}]"


def _lists(selector: str) -> str:
    return (
        f"{selector}.?matchExpressions.orValue([]).filter(each, each.?key.orValue('') == {KEY}"
        " && each.?operator.orValue('') == 'In').map(each, each.?values.orValue([]))"
    )
