"""Log lines as a program reads them."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from libs.telemetry.context import Context, bound
from libs.telemetry.logs import configure_logs, logger


@pytest.fixture(autouse=True)
def _own_configuration() -> Iterator[None]:
    """Takes the configuration of logs away again."""
    root = logging.getLogger()
    level = root.level
    yield
    root.handlers = []
    root.setLevel(level)
    logging.getLogger("uvicorn.access").disabled = False
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def told(written: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.readouterr().err.splitlines()]


def test_a_line_is_a_fact_with_its_service_and_request(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("shelf")
    with bound(Context("request-7")):
        logger("shelf.books").info("book_read", pages=312)
    (line,) = told(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "book_read",
        "pages": 312,
        "level": "info",
        "logger": "shelf.books",
        "service": "shelf",
        "request_id": "request-7",
    }


def test_other_libraries_speak_in_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("shelf")
    logging.getLogger("sqlalchemy.pool").warning("pool is %s", "full")
    (line,) = told(capsys)
    assert (line["event"], line["level"], line["service"]) == ("pool is full", "warning", "shelf")


def test_an_exception_is_told_whole_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("shelf")
    logger("shelf.books").error("book_lost", exc_info=RuntimeError("torn page"))
    (line,) = told(capsys)
    assert "RuntimeError: torn page" in str(line["exception"])


def test_the_level_holds_and_the_access_log_is_off(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("shelf", level="WARNING")
    logger("shelf.books").info("book_read")
    logging.getLogger("uvicorn.access").critical("GET /")
    assert told(capsys) == []


def test_a_terminal_gets_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("shelf", form="console")
    logger("shelf.books").info("book_read")
    written = capsys.readouterr().err
    assert "book_read" in written
    assert not written.startswith("{")
