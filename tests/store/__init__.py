"""The store: what every engine promises, and what the engine on files does when processes and disks fail."""
