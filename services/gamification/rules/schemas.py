"""Bodies of requests and answers about versions of the rules."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, model_validator

from libs.periods import week_of
from libs.web.texts import PROSE
from services.gamification.rules.domain.contradictions import contradictions
from services.gamification.rules.domain.documents import changed, parameters, preset_document, rules_of
from services.gamification.rules.service import Draft
from services.gamification.rules.tables import RulesActivation, RulesRow

Parameters = dict[str, JsonValue]
Version = Annotated[int, Field(ge=1, le=2_000_000_000)]


class RulesIn(BaseModel):
    """Proposed rules: a whole document, or a preset and what differs from it."""

    model_config = ConfigDict(extra="forbid")

    document: Parameters | None = Field(default=None, description="Every parameter, as a version shows them.")
    preset: Literal["authentic", "linear"] | None = None
    changes: Parameters = Field(default={}, description='Of the preset, by group: `{"people": {"comment": 5}}`.')
    valid_from: date = Field(description="The first local day; it counts from that week's Monday.")
    note: Annotated[str, Field(min_length=1, max_length=2000, pattern=PROSE, description="What changes, and why.")]

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.document is None) == (self.preset is None):
            raise ValueError("give either a document or a preset")
        if self.changes and self.preset is None:
            raise ValueError("changes are those of a preset")
        return self

    def draft(self) -> Draft:
        """Return what is proposed, with the place of its fields in the request."""
        if self.document is not None:
            return Draft(document=self.document, within="document", valid_from=self.valid_from, note=self.note)
        whole = changed(preset_document(self.preset or ""), self.changes)
        return Draft(document=whole, within="changes", valid_from=self.valid_from, note=self.note)


class WarningOut(BaseModel):
    """A setting that works against another one."""

    field: str
    reason: str


class ActivationOut(BaseModel):
    """Since when a version holds, the season for which it took the place of what held before, or that it was undone."""

    number: int = Field(description="Counts the activations of a programme.")
    version: int
    mode: Literal["from", "correction", "reversal"]
    reverses: int | None = Field(description="Of a reversal: the number of the correction that counts no more.")
    season: str | None
    first_week: str
    last_week: str | None = Field(description="Null: until other rules take their place.")
    activated_at: AwareDatetime
    state: Literal["booking", "booked"] = Field(description="Whether all differences are booked.")

    @classmethod
    def of(cls, row: RulesActivation) -> "ActivationOut":
        """Shape a row."""
        return cls(
            number=row.number,
            version=row.version,
            mode="reversal" if row.reverses else "from" if row.season is None else "correction",
            reverses=row.reverses,
            season=row.season,
            first_week=week_of(row.first_monday),
            last_week=week_of(row.last_monday) if row.last_monday else None,
            activated_at=row.activated_at,
            state="booked" if row.finished_at else "booking",
        )


class ActivatedOut(ActivationOut):
    """What was activated, and what in it works against itself."""

    warnings: list[WarningOut]

    @classmethod
    def of_both(cls, activation: RulesActivation, row: RulesRow, locked: Sequence[str]) -> "ActivatedOut":
        """Shape an activation and the version that it activated."""
        return cls(**dict(ActivationOut.of(activation)), warnings=warnings(row, locked))


def warnings(row: RulesRow, locked: Sequence[str]) -> list[WarningOut]:
    """Return what works against itself in a version, or against campaigns with locked captions (their names)."""
    found = contradictions(rules_of(row.document), locked)
    return [WarningOut(field=one.field, reason=one.reason) for one in found]


class VersionOut(BaseModel):
    """One version of a programme's rules; a draft may be activated, an active one is never changed."""

    version: int
    state: Literal["draft", "active"]
    valid_from: date
    note: str
    warnings: list[WarningOut]
    document: dict[str, JsonValue] = Field(description="Every parameter.")

    @classmethod
    def of(cls, row: RulesRow, locked: Sequence[str]) -> "VersionOut":
        """Shape a row; `locked` are the programme's campaigns with locked captions."""
        return cls(
            version=row.version,
            state="active" if row.activated_at else "draft",
            valid_from=row.valid_from,
            note=row.note,
            warnings=warnings(row, locked),
            document=parameters(rules_of(row.document)),
        )


class VersionWithHistory(VersionOut):
    """One version, and when it was activated in this programme, oldest first."""

    activations: list[ActivationOut]

    @classmethod
    def of_all(
        cls, row: RulesRow, activations: Sequence[RulesActivation], locked: Sequence[str]
    ) -> "VersionWithHistory":
        """Shape a version and the activations of its programme."""
        own = [ActivationOut.of(one) for one in activations if one.version == row.version]
        return cls(**dict(VersionOut.of(row, locked)), activations=own)


class FromDay(BaseModel):
    """Activation from a day of a coming week on."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["from"]
    valid_from: date


class ForSeason(BaseModel):
    """Activation for all weeks of a season that has begun: the differences are booked as corrections."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["correction"]
    season: Annotated[str, Field(pattern=r"^S\d{3}$")]


ActivationIn = Annotated[FromDay | ForSeason, Field(discriminator="mode")]
