"""Clicks on tracked links, as sharing tells them with its verdict on each."""
