"""Twins of `policies.certificates_secrets`. What is in a certificate, CEL cannot read."""

from collections.abc import Iterator

from policies import certificates_secrets
from policies.admission._common import cel
from policies.admission._twin import Check, Settings, twin
from policies.certificates_secrets import CHAIN, KEY, TLS


@twin(certificates_secrets.automatic)
def automatic(settings: Settings) -> Iterator[Check]:
    """The API server has put `stringData` into `data` by now."""
    yield Check(
        unless=f"variables.whole.?type.orValue('') != '{TLS}'"
        f" && !['{CHAIN}', '{KEY}'].all(key, key in variables.whole.?data.orValue({{}}))"
        f" || (request.namespace + '/' + variables.name) in {cel(settings['handmade'])}",
        says="a certificate made by hand: nobody renews it",
    )
