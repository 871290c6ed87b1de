"""Use cases of imports: receiving a file, working on it piece by piece, steering it, and saved mappings."""
