"""Tracked links: a code that leads to an address kept here, one for each share, shown to the gateway in Valkey."""
