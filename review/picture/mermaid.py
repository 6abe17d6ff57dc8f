"""A picture as a Mermaid flowchart, which forges and editors show."""

from collections.abc import Iterator

from review.picture.model import Node, Picture, Tone


def mermaid(picture: Picture) -> str:
    """Return the flowchart."""
    lines = ["flowchart LR", f"  accTitle: {_line(picture.title)}", f"  accDescr: {_line(picture.said)}"]
    if picture.plate:
        lines.append(f"  {_id(picture.plate)}[{_said(picture.plate)}]")
    for area in picture.areas:
        inner = [f"    {_node(node)}" for node in picture.nodes if node.area == area.id]
        lines += [f"  subgraph {_id(area.id)}[{_said(area.name, area.detail)}]", *inner, "  end"]
    lines += [f"  {_node(node)}" for node in picture.nodes if not node.area]
    lines += [f"  {line}" for line in _edges(picture)]
    return "\n".join(lines) + "\n"


def _edges(picture: Picture) -> Iterator[str]:
    for edge in picture.edges:
        label = f"|{_said(edge.label)}|" if edge.label else ""
        yield f"{_id(edge.start)} {'-.->' if edge.loose else '-->'}{label} {_id(edge.end)}"


def _node(node: Node) -> str:
    """Return a node: what lies outside the cluster is round."""
    start, end = ("([", "])") if node.tone is Tone.OUTSIDE else ("[", "]")
    return f"{_id(node.id)}{start}{_said(node.name, node.detail)}{end}"


def _id(name: str) -> str:
    """Return a name that Mermaid takes for a node: each thing has another, and none is a word of its language."""
    return "n_" + "".join(sign if sign.isalnum() and sign.isascii() else f"_{ord(sign):x}_" for sign in name)


def _said(*lines: str) -> str:
    """Return a label in quotes; what would end them is escaped the way Mermaid does."""
    told = (text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;") for text in lines if text)
    return f'"{"<br>".join(told)}"'


def _line(text: str) -> str:
    """Return a text that ends no line and begins no statement or comment."""
    return " ".join(text.split()).replace("#", " ").replace(";", ",").replace("%%", "% %").replace("{", "(")
