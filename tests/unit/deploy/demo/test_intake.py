import csv
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID, uuid5

from deploy.local.demo.engagement import engagement
from deploy.local.demo.intake import BATCH, batches, tables
from deploy.local.demo.people import NAMESPACE, TEAMS
from deploy.local.demo.plan import Calendar, shares

CALENDAR = Calendar.of(datetime(2026, 11, 22, tzinfo=UTC))
PLANNED = shares(CALENDAR, seed=7)
BACK = engagement(PLANNED, CALENDAR.end, seed=7)
IDS = {share.key: uuid5(NAMESPACE, share.key) for share in PLANNED}


def test_there_is_one_file_for_each_team_with_a_row_for_each_of_its_counted_shares() -> None:
    files = tables(BACK.counts, IDS)
    rows = [list(csv.DictReader(StringIO(file.decode()))) for file in files]
    assert len(files) == len(TEAMS)
    named = [UUID(row["share_id"]) for one in rows for row in one]
    assert sorted(named) == sorted(IDS[row.share.key] for row in BACK.counts)
    assert all(0 <= int(row["reactions"]) <= 60 for one in rows for row in one)


def test_batches_hold_every_interaction_once_and_at_most_500() -> None:
    found = batches(BACK.interactions, IDS, order_seed=0)
    assert max(map(len, found)) == BATCH
    assert [body["external_id"] for batch in found for body in batch] == [
        one.body["external_id"] for one in BACK.interactions
    ]


def test_an_order_seed_changes_the_order_and_nothing_else() -> None:
    natural, shuffled, again = (batches(BACK.interactions, IDS, order_seed=seed) for seed in (0, 3, 3))
    assert shuffled == again != natural
    flat = [sorted((body["external_id"], str(body)) for batch in found for body in batch) for found in (natural, again)]
    assert flat[0] == flat[1]
