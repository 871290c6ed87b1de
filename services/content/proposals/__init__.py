"""Proposals: items that ambassadors suggest, each approved into a draft or declined with a reason, once."""
