"""The stored OpenAPI documents are those of the code, and every one says what a client needs."""

from typing import Any

import pytest

from tests.contract.documents import STORED, document, services, stored

METHODS = {"get", "post", "put", "patch", "delete"}


def operations(service: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, item in document(service)["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


@pytest.mark.parametrize("service", services())
def test_the_stored_document_is_current(service: str) -> None:
    assert stored(service) == document(service), (
        "run `python -m tests.contract.documents write` and review what changed"
    )


def test_nothing_is_stored_for_a_service_that_is_gone() -> None:
    assert {path.stem for path in STORED.glob("*.json")} == set(services())


@pytest.mark.parametrize("service", services())
def test_every_operation_has_a_name_a_sentence_and_a_declared_answer(service: str) -> None:
    names = [operation["operationId"] for _, _, operation in operations(service)]
    assert len(set(names)) == len(names)
    for path, method, operation in operations(service):
        assert operation.get("description"), f"{method} {path} has no docstring"
        good = [status for status in operation["responses"] if status.startswith("2")]
        assert len(good) == 1, f"{method} {path} declares {good}"


@pytest.mark.parametrize("service", services())
def test_a_creating_post_takes_an_idempotency_key(service: str) -> None:
    for path, method, operation in operations(service):
        if method == "post" and "201" in operation["responses"]:
            parameters = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert "Idempotency-Key" in parameters, f"{method} {path} creates without a key"


@pytest.mark.parametrize("service", services())
def test_every_declared_failure_is_a_problem_document(service: str) -> None:
    for path, method, operation in operations(service):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")) and status != "422":
                assert "application/problem+json" in answer["content"], f"{method} {path} {status}"
