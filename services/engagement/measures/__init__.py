"""Measures: what shares drew, in numbers that say where they come from, and how people take part.

It reads the tables of interactions and readings in statements of its own, and never writes them.
"""
