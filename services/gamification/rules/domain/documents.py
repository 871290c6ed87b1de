"""Rules documents of either model: reading what is stored, and making one from a preset and what differs from it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from libs.problems import FieldError
from services.gamification.rules.domain.linear_parameters import LinearRules
from services.gamification.rules.domain.parameters import Rules
from services.gamification.rules.domain.presets import LINEAR, PRESETS
from services.gamification.rules.errors import InvalidRules, PresetNotFound

AnyRules = Rules | LinearRules
Document = Mapping[str, Any]  # JSON, checked by the models
MODELS: Mapping[str, type[AnyRules]] = {"authentic": Rules, "linear": LinearRules}
BESIDE = ("version", "valid_from")  # what is not a parameter and stands beside the document


def rules_of(document: Document) -> AnyRules:
    """Return a stored document as rules; the first version was stored before there was a second model."""
    return MODELS[document.get("model", "authentic")].model_validate(document)


def preset_document(name: str) -> dict[str, Any]:
    """Return the parameters of a preset. Raises PresetNotFound."""
    presets = {**PRESETS, "linear": LINEAR}
    if name not in presets:
        raise PresetNotFound(f"no preset of rules is called {name!r}; there are {', '.join(sorted(presets))}")
    return {"model": name, **{group: dict(values) for group, values in presets[name].items()}}


def changed(document: Document, changes: Document) -> dict[str, Any]:
    """Return a document with other values for some parameters, group by group."""
    result = dict(document)
    for group, values in changes.items():
        held = document.get(group)
        both = isinstance(held, Mapping) and isinstance(values, Mapping)
        result[group] = {**held, **values} if both and held else values
    return result


def checked(document: Document, *, version: int, valid_from: date, within: str) -> AnyRules:
    """Return a document as rules. Raises InvalidRules, which names each field, such as `document.people.reaction`."""
    model = document.get("model", "authentic")
    if not isinstance(model, str) or model not in MODELS:
        raise _invalid([FieldError(f"{within}.model", f"must be one of {', '.join(MODELS)}")])
    if beside := [
        FieldError(f"{within}.{name}", "is not a parameter of the rules") for name in BESIDE if name in document
    ]:
        raise _invalid(beside)
    try:
        return MODELS[model].model_validate({**document, "version": version, "valid_from": valid_from})
    except ValidationError as error:
        found = [FieldError(_path(within, one["loc"]), one["msg"]) for one in error.errors(include_url=False)[:50]]
        raise _invalid(found) from error


def parameters(rules: AnyRules) -> dict[str, Any]:
    """Return the document of rules without what stands beside it."""
    return rules.model_dump(mode="json", exclude=set(BESIDE))


def _invalid(errors: list[FieldError]) -> InvalidRules:
    return InvalidRules(f"{len(errors)} of the parameters are not valid; see errors", errors=errors)


def _path(within: str, location: tuple[int | str, ...]) -> str:
    return within + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
