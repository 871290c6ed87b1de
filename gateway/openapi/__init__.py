"""The one OpenAPI document: the services' own, joined behind the table of routes, and the gateway's."""
