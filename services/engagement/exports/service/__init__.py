"""Use cases of exports: a file of any size, sent as it is written."""

from services.engagement.exports.service.files import MEDIA_TYPES
from services.engagement.exports.service.write import check, write

__all__ = ["MEDIA_TYPES", "check", "write"]
