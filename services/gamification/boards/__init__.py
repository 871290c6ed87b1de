"""Boards: definitions, and their projection into Valkey as absolute scores fenced by the ledger's sequence."""
