"""Who may do what, on the live cluster: the files of this package share two tenants."""
