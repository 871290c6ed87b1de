"""Consents: what an ambassador allows on a network, kept with all that was allowed before."""
