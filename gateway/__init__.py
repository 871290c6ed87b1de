"""The one public door: routes, tokens, limits, boards and tracked links, read from Valkey without touching a service.

Sends     gateway.visits.seen.v1, of which a process that is killed loses what it has in memory
          the bucket `api-key-uses` (the day of each key's last use)
Hears     the key-value buckets `profiles` (display names), which sharing fills, and `api-keys`, which content fills;
          hints that boards have changed
Owns      nothing durable; reads the keys `board:{id}…`, which gamification writes (see `boards/keys.py`), and
          `link:{links}:…`, which sharing writes (see `links/targets.py`)
"""
