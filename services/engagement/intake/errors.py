"""What can go wrong at a door."""

from libs.problems import Problem


class ReceiptNotFound(Problem):
    """No door has given this receipt, or it is older than receipts are kept."""

    slug, status, title = "receipt-not-found", 404, "No such receipt"


class NothingAccepted(Problem):
    """None of what was sent is valid, so nothing was kept; `errors` names each fault by its place."""

    slug, status, title = "nothing-accepted", 422, "Nothing of this could be accepted"


class DoorFull(Problem):
    """As much is under way at this process as its memory is meant for; nothing of the request was kept."""

    slug, status, title = "door-full", 503, "Too much is under way"


class BacklogTooDeep(Problem):
    """What was accepted before is not applied yet, and too much of it waits; nothing of the request was kept."""

    slug, status, title = "backlog-too-deep", 429, "Too much waits to be applied"
