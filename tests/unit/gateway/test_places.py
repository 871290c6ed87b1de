"""How much may be under way at once."""

import pytest

from gateway.errors import Overloaded
from gateway.limits.places import PLACES, Places
from gateway.metrics import Metrics
from gateway.routes import ROUTES
from libs.telemetry.metrics import Telemetry


def test_who_finds_no_place_is_told_so_and_a_place_comes_free_whatever_happens() -> None:
    telemetry = Telemetry("gateway")
    places = Places({"export": 1}, Metrics(telemetry))

    def fail_with_the_only_place() -> None:
        with places.taken("export"):
            with pytest.raises(Overloaded) as refused:
                places.taken("export").__enter__()
            assert refused.value.retry_after == 1
            with places.taken("ingest"):
                assert b'gateway_under_way_calls{service="gateway",work="export"} 1.0' in telemetry.exposition()
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fail_with_the_only_place()
    text = telemetry.exposition()
    assert b'gateway_under_way_calls{service="gateway",work="export"} 0.0' in text
    assert b'gateway_shed_total{service="gateway",work="export"} 3.0' in text


def test_streams_of_boards_are_bounded_elsewhere() -> None:
    places = Places({}, Metrics(Telemetry("gateway")))
    with places.taken("live"), places.taken("live"):
        pass


def test_every_route_has_its_place() -> None:
    assert {route.work for route in ROUTES} <= {*PLACES, "live"}
    heavy = PLACES["ingest"] + PLACES["export"] + PLACES["login-less"]
    assert heavy <= PLACES["engagement"], "what is heavy leaves room for what is quick"
