"""Rules of subscriptions: what can be heard, by which filters, and how an endpoint's health is judged."""
