"""The rules of shares: what may be recorded, how a text is measured, and what its author is told."""
