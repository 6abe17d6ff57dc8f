"""Pictures: nothing lies over anything else, whatever there is to draw, and everything is where it belongs."""

import json
from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review import picture
from review.dangers import dangers
from review.fold import told
from review.picture import Area, Edge, Node, Picture
from review.picture.grid import grid
from review.picture.layers import layered
from review.picture.place import Box, Placed
from review.relations import relations
from tests.builders import a_tenant, an_app
from tests.review.comments import assessed
from tests.review.stacks import Z, a_deployment, an_object, changed, deleted, kept, made, stack_of

SVG = "{http://www.w3.org/2000/svg}"
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    areas = [Area(id=f"a{n}", name=draw(NAMES), detail=draw(NAMES)) for n in range(draw(st.integers(0, 3)))]
    places = st.sampled_from(["", *(area.id for area in areas)])
    count = draw(st.integers(0, 12))
    nodes = [
        Node(
            id=f"n{n}",
            name=draw(NAMES),
            detail=draw(st.just("") | NAMES),
            area=draw(places),
            sign=draw(st.just("") | st.just("+")),
        )
        for n in range(count)
    ]
    ids = st.sampled_from([node.id for node in nodes] or [""])
    edges = draw(st.lists(st.tuples(ids, ids), max_size=16)) if nodes else []
    label = st.just("") | NAMES
    return Picture(
        title=draw(NAMES),
        said=draw(NAMES),
        areas=tuple(areas),
        nodes=tuple(nodes),
        edges=tuple(Edge(start=start, end=end, label=draw(label)) for start, end in edges),
    )


def apart(one: Box, other: Box) -> bool:
    return one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y


def within(inner: Box, outer: Box) -> bool:
    return outer.x <= inner.x and outer.y <= inner.y and inner.right <= outer.right and inner.bottom <= outer.bottom


def in_order(found: Placed) -> None:
    boxes = [box for _, box in found.nodes]
    areas = [box for _, box in found.areas]
    for number, box in enumerate(boxes):
        assert all(apart(box, other) for other in boxes[number + 1 :])
    for number, box in enumerate(areas):
        assert all(apart(box, other) for other in areas[number + 1 :])
    by_id = {area.id: box for area, box in found.areas}
    whole = Box(x=0, y=0, width=found.width, height=found.height)
    for node, box in found.nodes:
        assert within(box, by_id[node.area]) if node.area else all(apart(box, area) for area in areas)
        assert within(box, whole)
    for line in found.lines:
        for (x, y), (x2, y2) in zip(line.points[1:-1:2], line.points[2:-1:2], strict=True):
            lane = Box(x=x, y=y - 1, width=x2 - x, height=y2 - y + 2)
            assert all(apart(lane, box) for box in boxes), "a line goes through a thing"


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pictures())
def test_nothing_lies_over_anything_else(found: Picture) -> None:
    in_order(layered(found))
    assert len(layered(found).nodes) == len(found.nodes)


@settings(max_examples=50, deadline=None)
@given(pictures())
def test_a_grid_has_everything_that_lies_in_an_area(found: Picture) -> None:
    placed = grid(found)
    assert {node.id for node, _ in placed.nodes} == {node.id for node in found.nodes if node.area}
    in_order(placed)


@settings(max_examples=50, deadline=None)
@given(pictures())
def test_a_drawing_is_xml_and_always_the_same(found: Picture) -> None:
    drawn = picture.svg(found, alone=True)
    assert drawn == picture.svg(found, alone=True)
    root = ElementTree.fromstring(drawn)
    assert len(root.findall(f".//{SVG}g[@class]")) >= len(found.nodes)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "g", "rect", "text", "path", "circle")
    }
    names = {name for element in root.iter() for name in element.attrib}
    assert not names & {"href", "src", "style", "onload", "onclick"}


def test_text_of_others_is_text_in_a_drawing() -> None:
    hostile = '"><script>alert(1)</script>&'
    drawn = picture.svg(Picture(title=hostile, said=hostile, nodes=(Node(id="a", name=hostile, detail=hostile),)))
    assert "<script" not in drawn
    assert ElementTree.fromstring(drawn).find("title") is not None


def test_what_calls_stands_left_of_what_it_calls() -> None:
    ring = {"a": "b", "b": "c", "c": "a"}
    apps = {
        name: an_app(bindings={"next": {"app": other}}, **({"hosts": ["www.acme.example"]} if name == "a" else {}))
        for name, other in ring.items()
    }
    placed = layered(picture.tenant(a_tenant(apps=apps, domains=["acme.example"])))
    left = {node.name: box.x for node, box in placed.nodes}
    assert left["www.acme.example"] < left["apps.a"] < left["apps.b"] < left["apps.c"]
    assert [line.back for line in placed.lines] == [False, False, False, True]


SERVICE = an_object("Service", name="front", spec={"selector": {"app": "web"}, "type": "ClusterIP"})
WEB = a_deployment()
WEB["spec"]["template"]["metadata"] = {"labels": {"app": "web"}}
WEB["spec"]["template"]["spec"]["volumes"] = [{"configMap": {"name": "settings"}}]
SETTINGS = an_object("ConfigMap", name="settings", data={"a": "1"})


def test_a_change_is_drawn_beside_what_it_touches_and_what_it_does_not_touch_is_left_out() -> None:
    other = an_object("ConfigMap", name="other")
    stack = stack_of(
        changed(WEB, json.loads(json.dumps(WEB).replace('"replicas": 1', '"replicas": 2'))),
        *map(kept, (SERVICE, SETTINGS, other)),
    )
    found = picture.change(stack, set())
    assert [(node.name, node.tone, node.sign) for node in found.nodes] == [
        ("web", "update", "~"),
        ("settings", "plain", ""),
        ("front", "plain", ""),
    ]
    names = {node.id: node.name for node in found.nodes}
    assert {(names[edge.start], names[edge.end]) for edge in found.edges} == {("front", "web"), ("web", "settings")}
    assert found.said == "1 object updated."


def test_relations_are_what_objects_say_of_each_other() -> None:
    api = "rbac.authorization.k8s.io/v1"
    objects = [
        made(SERVICE),
        made(WEB),
        made(SETTINGS),
        made(
            an_object(
                "HorizontalPodAutoscaler",
                of="autoscaling/v2",
                name="h",
                spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}},
            )
        ),
        made(an_object("RoleBinding", of=api, name="b", roleRef={"kind": "Role", "name": "r"})),
        made(an_object("Role", of=api, name="r")),
        made(
            an_object(
                "HTTPRoute",
                of="gateway.networking.k8s.io/v1",
                name="w",
                spec={"rules": [{"backendRefs": [{"name": "front"}]}]},
            )
        ),
        made(an_object("NetworkPolicy", of="networking.k8s.io/v1", name="all", spec={"podSelector": {}})),
        made(an_object("Secret", name="front")),
    ]
    stack = stack_of(*objects)
    names = {each.urn: f"{each.kind} {each.name}" for each in stack.changes}
    assert {(names[a], names[b]) for a, b in relations(stack.changes)} == {
        ("Service front", "Deployment web"),
        ("Deployment web", "ConfigMap settings"),
        ("HorizontalPodAutoscaler h", "Deployment web"),
        ("RoleBinding b", "Role r"),
        ("HTTPRoute w", "Service front"),
    }


def test_grave_things_are_marked_and_many_alike_are_one() -> None:
    claim = an_object("PersistentVolumeClaim", name="files")
    crowd = [deleted(an_object("ConfigMap", name=f"c{number}")) for number in range(60)]
    stack = stack_of(deleted(claim), *crowd)
    grave = {danger.urn for danger in dangers(stack)}
    found = picture.change(stack, grave)
    assert [(node.name, node.grave) for node in found.nodes] == [("files", True), ("60 of them", False)]
    assert 'class="badge"' in picture.svg(found)


def test_what_is_made_with_its_namespace_stands_in_it() -> None:
    """In a preview of the real engine the namespace of what is made with it is not known."""
    [stack] = assessed("tenant").review.stacks
    assert {each.namespace for each in told(stack) if each.kind == "Deployment"} == {""}
    found = picture.change(stack, set())
    assert {node.area for node in found.nodes} == {Z}
