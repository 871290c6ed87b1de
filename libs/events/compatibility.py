"""What may not change in an event once its schema is stored: all but descriptions and new optional fields."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

ANNOTATIONS = {"title", "description", "examples"}
STRUCTURE = {"properties", "required", "items", "prefixItems", "anyOf", "enum", "additionalProperties"}


def breaking_changes(stored: Schema, current: Schema) -> list[str]:
    """Return what a reader or a writer of the stored schema would stumble over, one line each, naming the field.

    The rule holds both ways, since old and new processes run side by side: a widened enum stops a reader that is not
    yet deployed just as a narrowed one stops a stored event.
    """
    return list(_changes(_inlined(stored, stored), _inlined(current, current), "data"))


def _inlined(node: Any, document: Schema) -> Any:  # noqa: ANN401 - any JSON value
    """Return a schema with each `$ref` replaced by what it names, and without what only people read."""
    if isinstance(node, list):
        return [_inlined(one, document) for one in node]
    if not isinstance(node, Mapping):
        return node
    if reference := node.get("$ref"):
        named = document["$defs"][str(reference).removeprefix("#/$defs/")]
        return _inlined({**named, **{key: value for key, value in node.items() if key != "$ref"}}, document)
    inlined = {key: _inlined(value, document) for key, value in node.items() if key not in {*ANNOTATIONS, "$defs"}}
    if "properties" in node:  # a field may be called `title`
        inlined["properties"] = {name: _inlined(field, document) for name, field in node["properties"].items()}
    return inlined


def _changes(old: Schema, new: Schema, path: str) -> Iterator[str]:
    rules = {key: value for key, value in old.items() if key not in STRUCTURE}
    others = {key: value for key, value in new.items() if key not in STRUCTURE}
    if rules != others:
        yield f"{path}: changed from {rules} to {others}"
        return
    yield from _field_changes(old, new, path)
    yield from _enum_changes(old, new, path)
    for key, end in (("items", "[]"), ("additionalProperties", "{}")):
        yield from _inner_changes(old.get(key), new.get(key), f"{path}{end}")
    for key in ("anyOf", "prefixItems"):
        yield from _branch_changes(old.get(key, []), new.get(key, []), path)


def _field_changes(old: Schema, new: Schema, path: str) -> Iterator[str]:
    fields, others = old.get("properties", {}), new.get("properties", {})
    for name, field in fields.items():
        if name not in others:
            yield f"{path}.{name}: removed"
        else:
            yield from _changes(field, others[name], f"{path}.{name}")
    was, is_now = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(is_now - was):
        yield f"{path}.{name}: now required"
    for name in sorted((was - is_now) & set(others)):
        yield f"{path}.{name}: no longer required"


def _enum_changes(old: Schema, new: Schema, path: str) -> Iterator[str]:
    was, is_now = set(old.get("enum", [])), set(new.get("enum", []))
    if lost := sorted(map(str, was - is_now)):
        yield f"{path}: enum narrowed by {', '.join(lost)}"
    if added := sorted(map(str, is_now - was)):
        yield f"{path}: enum widened by {', '.join(added)}"


def _inner_changes(old: Any, new: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - a schema, true or false
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _changes(old, new, path)
    elif old != new:
        yield f"{path}: changed from {old} to {new}"


def _branch_changes(old: list[Schema], new: list[Schema], path: str) -> Iterator[str]:
    if len(old) != len(new):
        yield f"{path}: changed from {old} to {new}"
        return
    for was, is_now in zip(old, new, strict=True):
        yield from _changes(was, is_now, path)
