"""What tests tell to whoever reads the summary of a run, beside whether they passed."""

TOLD = "told"
"""The property that holds it: `record_property(TOLD, sentence)`."""
