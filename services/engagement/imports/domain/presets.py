"""What the networks call the columns of their own exports, in English and French; new names are added, none removed.

LinkedIn: the page's analytics, "All posts", saved as CSV. X: analytics.x.com, content, and the older Twitter export.
Facebook: Meta Business Suite, insights, content. Each counts from publication to the time of the export, which stands
nowhere in the file: `read_at` must be given.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

Preset = Literal["linkedin", "x", "facebook"]
_Names = Mapping[str, Sequence[str]]

_LINKEDIN: _Names = {
    "post_url": ("Post link", "Lien du post", "Lien de la publication", "Update link"),
    "reactions": ("Likes", "Reactions", "J'aime", "Réactions"),
    "comments": ("Comments", "Commentaires"),
    "reshares": ("Reposts", "Shares", "Republications", "Partages"),
    "clicks": ("Clicks", "Clics"),
    "follows": ("Follows", "Abonnements", "Suivis"),
    "impressions": ("Impressions",),
}
_X: _Names = {
    "post_url": ("Post Link", "Tweet permalink", "Lien du post", "Lien permanent du Tweet"),
    "reactions": ("Likes", "J'aime"),
    "comments": ("Replies", "Réponses"),
    "reshares": ("Reposts", "Retweets", "Republications"),
    "clicks": ("URL Clicks", "Clics sur l'URL", "Clics sur les liens"),
    "follows": ("New follows", "Follows", "Nouveaux abonnements", "Abonnements"),
    "impressions": ("Impressions",),
}
_FACEBOOK: _Names = {
    "post_url": ("Permalink", "Permalien", "Lien permanent"),
    "reactions": ("Reactions", "Réactions"),
    "comments": ("Comments", "Commentaires"),
    "reshares": ("Shares", "Partages"),
    "clicks": ("Link Clicks", "Clics sur un lien", "Clics sur le lien", "Total clicks", "Nombre total de clics"),
    "impressions": ("Impressions", "Views", "Vues"),
    "reach": ("Reach", "Couverture", "Portée"),
}
_ALL: Mapping[Preset, _Names] = {"linkedin": _LINKEDIN, "x": _X, "facebook": _FACEBOOK}
THOUSANDS = ", "  # as spreadsheets write them in the two languages


def aliases_of(preset: Preset) -> _Names:
    """Return the names of our columns in a network's export, the likeliest first."""
    return _ALL[preset]
