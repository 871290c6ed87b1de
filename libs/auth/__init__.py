"""Tokens and what their bearer may do; verified in the gateway and again in each service."""
