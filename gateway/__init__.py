"""The one public door: routes, tokens, limits, and the boards, read from Valkey without touching a service.

Sends     nothing
Hears     the key-value bucket `profiles` (display names), which sharing fills; hints that boards have changed
Owns      nothing durable; reads the keys `board:{id}…`, which gamification writes (see `boards/keys.py`)
"""
