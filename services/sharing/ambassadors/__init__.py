"""Ambassadors: people who joined a programme by choice and accepted its charter."""
