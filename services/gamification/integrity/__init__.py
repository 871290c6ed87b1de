"""Integrity: what looks arranged is shown to a manager, and its points wait; nothing is punished automatically."""
