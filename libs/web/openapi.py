"""What a document says of failures: all in one form, and for each route those that any such route can meet."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from libs.problems import Problem
from libs.web.errors import BodyTooLarge, InvalidRequest, MalformedBody, StorageUnavailable
from libs.web.problems import ProblemOut

Document = dict[str, Any]
FORM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
OF_A_BODY: tuple[type[Problem], ...] = (MalformedBody, BodyTooLarge)
FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")  # a form of failures that is never answered


def describe_failures(app: FastAPI) -> None:
    """Make the document of `app` say which problem documents are answered."""
    made = app.openapi

    def openapi() -> Document:
        return app.openapi_schema or _amended(made())

    app.openapi = openapi  # type: ignore[method-assign]  # what FastAPI's own page on extending the document does


def _amended(document: Document) -> Document:
    """Return the document, changed in place: FastAPI keeps it for the next who asks."""
    schemas: Document = document.setdefault("components", {}).setdefault("schemas", {})
    for name in FASTAPIS_OWN:
        schemas.pop(name, None)
    for name, schema in _schemas().items():
        schemas[name] = schema
    for operation in _operations(document):
        _describe(operation)
    return document


def _describe(operation: Document) -> None:
    answers: Document = operation["responses"]
    if any("HTTPValidationError" in str(answer) for answer in answers.values()):
        answers["422"] = {"description": _line(InvalidRequest)}
    kinds: list[type[Problem]] = [StorageUnavailable, *(OF_A_BODY if "requestBody" in operation else ())]
    for kind in kinds:
        answers.setdefault(str(kind.status), {"description": _line(kind)})
    for status, answer in answers.items():
        if int(status) >= 400:
            answer["content"] = FORM


def _line(kind: type[Problem]) -> str:
    return f"`{kind.slug}`: {kind.title}"


def _operations(document: Document) -> Iterator[Document]:
    for item in document["paths"].values():
        yield from (operation for operation in item.values() if "responses" in operation)


def _schemas() -> Document:
    """Return the form of a problem document and what it refers to."""
    whole = ProblemOut.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    parts: Document = whole.pop("$defs")
    return {**parts, "ProblemOut": whole}
