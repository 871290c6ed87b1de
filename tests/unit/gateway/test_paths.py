"""Finding routes."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.paths import PARAMETER, RouteTable, WrongMethod, check, programme_of
from gateway.routes import ROUTES, Route
from libs.web.errors import InvalidRequest, NoSuchRoute

TABLE = RouteTable(ROUTES)
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.mark.parametrize("route", ROUTES, ids=[f"{route.method} {route.path}" for route in ROUTES])
def test_every_route_is_found_with_its_parameters_in_order(route: Route) -> None:
    names = PARAMETER.findall(route.path)
    values = {name: str(uuid4()) for name in names}
    assert TABLE.find(route.method, route.path.format_map(values)) == (route, values)


def test_an_action_is_not_part_of_the_id() -> None:
    route, parameters = TABLE.find("POST", f"/v1/items/{ID}:publish")
    assert (route.path, parameters) == ("/v1/items/{item_id}:publish", {"item_id": ID})
    assert TABLE.find("GET", f"/v1/items/{ID}")[0].path == "/v1/items/{item_id}"
    assert TABLE.find("POST", "/v1/shares:preview")[0].path == "/v1/shares:preview"


@pytest.mark.parametrize(
    "path",
    ["/v1", "/v1/", "/v1/items", "/v1/items/", f"/v1/items/{ID}/", f"/v1//items/{ID}", f"/v1/items/{ID}:delete", "/"],
)
def test_what_is_not_in_the_table_is_not_served(path: str) -> None:
    with pytest.raises(NoSuchRoute):
        TABLE.find("GET", path)


def test_a_wrong_method_knows_the_right_ones() -> None:
    with pytest.raises(WrongMethod) as refused:
        TABLE.find("GET", f"/v1/ambassadors/{ID}/consents/linkedin")
    assert refused.value.allowed == "DELETE, PUT"


@given(st.text(max_size=40))
def test_what_passes_the_check_means_nothing_in_a_path(value: str) -> None:
    try:
        check({"network": value})
    except InvalidRequest:
        return
    assert value
    assert not set(value) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@pytest.mark.parametrize("value", ["", "abc", ID + "0", f"{{{ID}}}", ID.replace("-", ""), f"urn:uuid:{ID}", ID + "\n"])
def test_an_id_is_a_uuid_in_its_usual_form(value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check({"item_id": value, "share_id": ID})
    assert [error.field for error in refused.value.errors] == ["item_id"]


def test_the_programme_is_read_off_the_path() -> None:
    assert programme_of({"programme_id": ID}) == UUID(ID)
    assert programme_of({"item_id": ID}) is None
