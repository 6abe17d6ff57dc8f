"""`paas`: the life of tenants on the command line, a thin layer over plain `pulumi`.

Each verb is a module of its name. What it decides is pure and lies in the modules with an underscore; what it asks is
asked through Pulumi's Automation API and its typed events, and through the API server. Data goes to stdout, all else to
stderr.
"""
