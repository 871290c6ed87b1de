"""API keys: what machines of a programme are let in by. Only a digest of each secret is kept."""
