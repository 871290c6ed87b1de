"""How a subscription is split: which durable consumers share its messages, and with which message they began."""

from dataclasses import dataclass

from libs.events.envelope import PARTITIONS, subject_of
from libs.events.topology import Subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many durable consumers a subscription has, all begun at the stream's sequence `start` (0: at its first).

    What lies before `start` was acknowledged under the plan before. `revision` is 0 for what holds when nobody has
    planned anything: one consumer from the first message on. `stream_made` is when the stream was created: the
    sequences of one that was deleted and made again mean nothing.
    """

    revision: int
    partitions: int
    start: int
    stream_made: str


UNPLANNED = Plan(revision=0, partitions=1, start=0, stream_made="")


def durable_name(subscription: Subscription, partitions: int, index: int) -> str:
    """Return the name of one consumer of several (`engagement--intake--4-0`); one alone has the subscription's."""
    return subscription.name if partitions == 1 else f"{subscription.name}--{partitions}-{index}"


def durable_names(subscription: Subscription, partitions: int) -> list[str]:
    """Return the names of all consumers of a plan."""
    return [durable_name(subscription, partitions, index) for index in range(partitions)]


def is_of(subscription: Subscription, durable: str) -> bool:
    """Whether a durable consumer belongs to a subscription, under whichever plan."""
    return durable == subscription.name or durable.startswith(f"{subscription.name}--")


def filter_subjects(subscription: Subscription, partitions: int, index: int) -> list[str]:
    """Return the subjects of one consumer: the partition tokens that leave `index` when divided by `partitions`."""
    if partitions == 1:
        return [f"{event.type}.*" for event in subscription.events]
    tokens = range(index, PARTITIONS, partitions)
    return [subject_of(event.type, token) for event in subscription.events for token in tokens]
