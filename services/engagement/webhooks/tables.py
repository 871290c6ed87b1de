"""The table of deliveries that were read."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from libs.storage.tables import TIMESTAMP


class WebhookDelivery(SQLModel, table=True):
    """One delivery of a network, by a hash of its body; a second one of the same body has no effect."""

    __tablename__ = "webhook_delivery"

    network: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=TIMESTAMP)
