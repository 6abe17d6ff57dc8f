"""YAML as this command writes it: in blocks, and in the order in which things are said."""

from ruamel.yaml import YAML


def writer() -> YAML:
    """Return what writes plain values."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # its stub says None
    return yaml
