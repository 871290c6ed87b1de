"""Use cases of measures: remembering facts, and the numbers that managers ask for."""

from services.engagement.measures.service.alerts import alerts_of
from services.engagement.measures.service.facts import (
    calendar_of,
    get_rates,
    remember_campaign,
    remember_member,
    remember_programme,
    remember_share,
    set_rates,
)
from services.engagement.measures.service.numbers import Group, Question, measure_campaign, page_of_measures
from services.engagement.measures.service.people import participation_of
from services.engagement.measures.service.progress import get_campaign, progress_of

__all__ = [
    "Group",
    "Question",
    "alerts_of",
    "calendar_of",
    "get_campaign",
    "get_rates",
    "measure_campaign",
    "page_of_measures",
    "participation_of",
    "progress_of",
    "remember_campaign",
    "remember_member",
    "remember_programme",
    "remember_share",
    "set_rates",
]
