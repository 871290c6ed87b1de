"""Quarantine: what was accepted and could not be used, with its reason; tried again, or discarded, never lost."""
