"""The ledger: what each week of an ambassador is worth now, and the immutable entries that led there."""
