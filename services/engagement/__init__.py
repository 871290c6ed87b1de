"""What comes back: interactions counted once, absolute counts, and whose share they belong to.

Sends     engagement.interactions.recorded.v1, engagement.counts.reported.v1
Hears     content.programme.created.v1, sharing.consent.given.v1, sharing.consent.withdrawn.v1,
          sharing.share.published.v1, and its own intake.interactions.accepted.v1, intake.counts.accepted.v1
Owns      tables engagement_programme, engagement_share, engagement_handle, receipt, interaction,
          interaction_conflict, interaction_counter, reading
"""
