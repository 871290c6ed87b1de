"""Every statement of measures; those about interactions and readings only read."""
