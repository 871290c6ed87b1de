"""The one public door: routes, tokens, limits, boards and tracked links, read from Valkey without touching a service.

Sends     gateway.visits.seen.v1, of which a process that is killed loses what it has in memory
Hears     the key-value bucket `profiles` (display names), which sharing fills; hints that boards have changed
Owns      nothing durable; reads the keys `board:{id}…`, which gamification writes (see `boards/keys.py`), and
          `link:{links}:…`, which sharing writes (see `links/targets.py`)
"""
