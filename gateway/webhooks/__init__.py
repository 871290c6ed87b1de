"""What company systems hear over HTTP: signed webhooks, tried again until they arrive.

A process of its own beside the gateway, so that an endpoint which hangs can cost no caller anything.

Sends     webhooks.endpoint.disabled.v1, and every public event to the endpoints that asked for it
Hears     every public event: what `libs.events.topology` calls PUBLIC
Owns      tables webhook, webhook_secret, delivery, webhook_replay
"""
