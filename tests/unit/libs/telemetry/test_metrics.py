"""The metrics of one process."""

import pytest

from libs.bus.metrics import BusMetrics
from libs.telemetry.metrics import SECONDS, Telemetry


def test_every_metric_carries_the_service() -> None:
    telemetry = Telemetry("shelf")
    telemetry.counter("books_total", "Books.", ("kind",)).labels("shelf", "novel").inc(3)
    telemetry.gauge("shelf_height_metres", "Height.").labels("shelf").set(1.5)
    telemetry.histogram("reading_seconds", "Reading.").labels("shelf").observe(0.3)
    page = telemetry.exposition().decode()
    assert 'books_total{kind="novel",service="shelf"} 3.0' in page
    assert 'shelf_height_metres{service="shelf"} 1.5' in page
    assert 'reading_seconds_bucket{le="0.5",service="shelf"} 1.0' in page
    assert 'reading_seconds_bucket{le="0.25",service="shelf"} 0.0' in page


def test_two_processes_never_share_numbers() -> None:
    one, other = Telemetry("shelf"), Telemetry("shelf")
    one.counter("books_total", "Books.").labels("shelf").inc()
    assert "books_total" not in other.exposition().decode()


def test_a_metric_is_declared_once() -> None:
    telemetry = Telemetry("shelf")
    telemetry.counter("books_total", "Books.")
    with pytest.raises(ValueError, match="Duplicated"):
        telemetry.counter("books_total", "Books again.")


def test_a_bound_stands_at_each_promise() -> None:
    assert {0.05, 0.1, 1.0} <= set(SECONDS)


def test_a_parked_message_counts_as_a_dead_letter_and_others_do_not() -> None:
    telemetry = Telemetry("shelf")
    metrics = BusMetrics(telemetry)
    for outcome in ("applied", "duplicate", "delayed", "dead"):
        metrics.handled("shelf--books", "book.read.v1", outcome)
    metrics.outbox(3, 1.5)
    page = telemetry.exposition().decode()
    assert page.count('bus_messages_total{consumer="shelf--books"') == 4
    assert 'bus_dead_letters_total{consumer="shelf--books",service="shelf",type="book.read.v1"} 1.0' in page
    assert 'outbox_pending_rows{service="shelf"} 3.0' in page
    assert 'outbox_oldest_age_seconds{service="shelf"} 1.5' in page
