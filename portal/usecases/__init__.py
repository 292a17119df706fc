"""One function for each thing that a person can do: load, decide in core, keep, tell."""
