"""Programmes: the company's invitation, with its calendar and its charter."""
