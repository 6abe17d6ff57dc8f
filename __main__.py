"""A stack from top to bottom: its file, its cluster, the platform or a tenant's environment, its outputs."""

import pulumi

from components import build, cluster, read
from policies.admission import twins

spec = read()
made = build(spec, provider=cluster(), admission=twins)
for name, value in made.outputs.exports().items():
    pulumi.export(name, value)
