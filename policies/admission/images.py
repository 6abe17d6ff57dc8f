"""Twins of `policies.images`.

A catalogue of images for the whole cluster is in no namespace, so nobody can say which registries are its tenant's: it
is refused, unless the rule's settings name registries.
"""

from collections.abc import Iterator
from typing import Final

from policies import images
from policies._kinds import Kind
from policies.admission._common import ALL, cel, is_one_of, listed, optional
from policies.admission._twin import Check, Settings, twin
from spec.image import DOCKER_HUB
from spec.labels import ENVIRONMENT


def _elsewhere(kind: Kind, path: str) -> str:
    """Return the images of a kind that has them outside pods, by its path in `images.ELSEWHERE`."""
    head, mark, last = path.partition("[].")
    found = f"variables.whole{optional(head)}"
    if mark:
        texts = f"{found}.orValue([]).filter(each, has(each.{last})).map(each, each.{last})"
    else:
        texts = f"{found}.optMap(each, [each]).orValue([])"
    return f"({is_one_of([kind])} ? {texts} : [])"


def _references(texts: str) -> str:
    """Return CEL that takes references apart as `spec.image.parse` does; what is left out is empty."""
    return (
        f"{texts}.map(text, {{'name': text.split('@')[0],"
        " 'digest': text.contains('@') ? text.substring(text.indexOf('@') + 1) : ''})"
        ".map(found, {'digest': found.digest, 'name': found.name.matches('^([^/]*[.:][^/]*|localhost)/')"
        f" ? found.name : '{DOCKER_HUB}/' + found.name}})"
        ".map(found, {'digest': found.digest, 'registry': found.name.split('/')[0],"
        " 'rest': found.name.substring(found.name.indexOf('/') + 1)})"
        ".map(found, {'digest': found.digest, 'repository': found.registry + '/' + found.rest.split(':')[0],"
        " 'tag': found.rest.contains(':') ? found.rest.substring(found.rest.indexOf(':') + 1) : ''})"
    )


IMAGES: Final = {
    "volumes": "variables.pods.map(pod, pod.?volumes.orValue([])).flatten()",
    "images": "variables.containers.filter(each, has(each.image)).map(each, each.image)"
    " + variables.volumes.filter(each, has(each.image) && has(each.image.reference)).map(each, each.image.reference)"
    + "".join(f" + {_elsewhere(kind, path)}" for kind, path in images.ELSEWHERE.items()),
    "references": _references("variables.images"),
}


@twin(images.registry, IMAGES)
def registry(settings: Settings) -> Iterator[Check]:
    """Hosts are compared whole, paths by their segments."""
    named = list(settings["registries"])
    yield Check(
        unless=f"variables.references.all(found, {cel(named) if named else 'variables.registries'}"
        ".exists(each, (found.repository + '/').startsWith(each + '/')))",
        says=f"an image is from elsewhere than {', '.join(named) or 'the hosts of the images in the stack file'}",
    )


@twin(images.fixed, IMAGES)
def fixed(settings: Settings) -> Iterator[Check]:
    """A digest alone is enough; with one the tag is a comment."""
    yield Check(
        unless="variables.references.all(found, found.digest == ''"
        f" || found.digest.matches('^{images.DIGEST.pattern}$'))",
        says="the digest of an image is not sha256: and 64 hexadecimal digits",
    )
    yield Check(
        unless=f"variables.references.all(found, found.digest != '' || !(found.tag in {cel(['', images.FLOATING])}))",
        says=f"an image has no fixed tag, so it means `{images.FLOATING}`",
    )
    if settings["digest"]:
        yield Check(
            unless=f"!(variables.home['{ENVIRONMENT}'] in {cel(images.STRICT)})"
            " || variables.references.all(found, found.digest != '')",
            says=f"an image has no digest, which {' and '.join(images.STRICT)} need",
        )


PRIVATE: Final = {
    "private": "variables.pods.filter(pod, size(pod.?imagePullSecrets.orValue([])) > 0)"
    f".map(pod, {listed(ALL)}).flatten()",
}


@twin(images.pulled, PRIVATE)
def pulled(_settings: Settings) -> Iterator[Check]:
    """The API server writes its default into its own kinds, and not into those of operators."""
    reference = _references("[each.?image.orValue('')]")
    floats = f"{reference}.exists(found, found.tag == '{images.FLOATING}' || (found.tag == '' && found.digest == ''))"
    yield Check(
        unless="variables.containers.all(each, each.?imagePullPolicy.orValue('') != 'Never')",
        says="imagePullPolicy is Never: it runs whatever the node has under the name",
    )
    yield Check(
        unless="variables.private.all(each, each.?imagePullPolicy"
        f".orValue({floats} ? 'Always' : 'IfNotPresent') == 'Always')",
        says="a private image has an imagePullPolicy that is not Always",
    )
