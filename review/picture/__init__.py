"""Pictures of environments, of fleets and of changes: as SVG that needs nothing else, and as Mermaid. Pure."""

from review.picture.change import change
from review.picture.fleet import fleet
from review.picture.mermaid import mermaid
from review.picture.model import Area, Edge, Node, Picture
from review.picture.svg import STYLE, svg
from review.picture.tenant import tenant

__all__ = ["STYLE", "Area", "Edge", "Node", "Picture", "change", "fleet", "mermaid", "svg", "tenant"]
