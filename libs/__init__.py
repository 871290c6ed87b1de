"""What the services share: the event contract, the bus, storage, web kit, telemetry, tokens and similarity.

Code enters here when two processes use it and it has no business word; no package here knows a service.
"""
