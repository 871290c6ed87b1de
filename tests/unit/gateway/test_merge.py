"""Joining OpenAPI documents."""

from typing import Any

from gateway.openapi.merge import joined
from gateway.routes import ROUTES

OWN: dict[str, Any] = {"openapi": "3.1.0", "info": {}, "paths": {"/livez": {"get": {"operationId": "livez"}}}}


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def document(path: str, method: str, schema: str, schemas: dict[str, Any], **operation: Any) -> dict[str, Any]:
    described = {"operationId": f"{method}_{path}", "responses": {"200": {"schema": reference(schema)}}, **operation}
    return {"paths": {path: {method: described}}, "components": {"schemas": schemas}}


def answer_of(merged: dict[str, Any], path: str, method: str = "get") -> str:
    name: str = merged["paths"][path][method]["responses"]["200"]["schema"]["$ref"]
    return name.rsplit("/", 1)[1]


def test_equal_schemas_are_shared_and_unused_ones_left_out() -> None:
    problem = {"type": "object"}
    merged = joined(
        OWN,
        {
            "content": document("/programmes", "get", "Problem", {"Problem": problem, "Unused": {"type": "string"}}),
            "sharing": document("/me", "get", "Problem", {"Problem": problem}),
        },
        ROUTES,
    )
    assert merged["components"]["schemas"] == {"Problem": problem}
    assert answer_of(merged, "/v1/programmes") == answer_of(merged, "/v1/me") == "Problem"


def test_a_name_with_two_meanings_is_told_apart_with_all_that_refers_to_it() -> None:
    page = {"items": reference("Item")}
    merged = joined(
        OWN,
        {
            "content": document("/programmes", "get", "Page", {"Page": page, "Item": {"type": "string"}}),
            "sharing": document("/me", "get", "Page", {"Page": page, "Item": {"type": "integer"}}),
        },
        ROUTES,
    )
    schemas = merged["components"]["schemas"]
    assert answer_of(merged, "/v1/me") == "SharingPage"
    assert schemas["SharingPage"] == {"items": reference("SharingItem")}
    assert schemas["Page"] == page
    assert (schemas["Item"], schemas["SharingItem"]) == ({"type": "string"}, {"type": "integer"})


def test_schemas_that_refer_to_themselves_come_along() -> None:
    tree = {"children": reference("Tree"), "leaf": reference("Leaf")}
    merged = joined(OWN, {"sharing": document("/me", "get", "Tree", {"Tree": tree, "Leaf": {}})}, ROUTES)
    assert merged["components"]["schemas"] == {"Leaf": {}, "Tree": tree}


def test_paths_outside_the_table_stay_inside() -> None:
    merged = joined(OWN, {"sharing": document("/internal", "get", "X", {"X": {}})}, ROUTES)
    assert set(merged["paths"]) == {"/livez"}


def test_operations_say_their_scope_and_where_their_parameters_are() -> None:
    path = "/programmes/{programme_id}/imports"
    given = document(
        path,
        "post",
        "X",
        {"X": {}},
        operationId="import_counts",
        description="Import a file.",
        parameters=[{"name": "programme_id", "in": "path"}, {"name": "provenance", "in": "query"}],
    )
    merged = joined(OWN, {"engagement": given}, ROUTES)
    long, short = merged["paths"][f"/v1{path}"]["post"], merged["paths"]["/v1/imports"]["post"]
    assert long["description"] == "Import a file.\n\nNeeds the scope `engagement:write`."
    assert long["security"] == [{"bearer": ["engagement:write"]}]
    assert [parameter["in"] for parameter in long["parameters"]] == ["path", "query"]
    assert [parameter["in"] for parameter in short["parameters"]] == ["query", "query"]
    assert (long["operationId"], short["operationId"]) == ("import_counts", "import_counts_by_query")


def test_a_signed_operation_says_that_it_needs_no_token() -> None:
    given = document("/webhooks/x", "post", "X", {"X": {}}, description="Keep what X sends.")
    merged = joined(OWN, {"engagement": given}, ROUTES)["paths"]["/v1/webhooks/x"]["post"]
    assert merged["description"] == "Keep what X sends.\n\nNeeds no token: the request is signed."
    assert merged["security"] == []
