"""Who says what, where: ambassadors with their teams and cohorts, what they allowed, their shares and links.

Sends     sharing.team.created.v1, sharing.ambassador.enrolled.v1, sharing.cohort.formed.v1,
          sharing.consent.given.v1, sharing.consent.withdrawn.v1, sharing.share.published.v1,
          sharing.clicks.recorded.v1
Hears     content.programme.created.v1, content.item.published.v1, gateway.visits.seen.v1
Owns      tables sharing_programme, sharing_item, sharing_caption, team, ambassador, cohort, cohort_ambassador,
          consent, share, link, link_settings, click, author_visitor; the bucket `profiles` (display names); the keys
          `link:…` in Valkey (see `links/domain/shown.py`). Texts of shares never leave this service.
"""
