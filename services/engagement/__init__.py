"""What comes back: interactions counted once, absolute counts, whose share they belong to, and what it all amounts to.

Sends     engagement.interactions.recorded.v1, engagement.interactions.withdrawn.v1, engagement.counts.reported.v1,
          engagement.comment.waiting.v1
Hears     content.programme.created.v1, content.campaign.created.v1, sharing.ambassador.enrolled.v1,
          sharing.consent.given.v1, sharing.consent.withdrawn.v1, sharing.share.published.v1,
          sharing.clicks.recorded.v1,
          and its own intake.interactions.accepted.v1, intake.counts.accepted.v1,
          intake.webhook.received.v1, intake.withdrawals.accepted.v1
Owns      tables engagement_programme, engagement_share, engagement_handle, receipt, quarantined,
          quarantine_act, interaction, interaction_withdrawal,
          interaction_conflict, interaction_counter, reading, reading_conflict, import_file, import_chunk,
          import_rejected, import_mapping, measured_programme, measured_share, measured_member,
          measured_campaign, media_rate, conversation, engagement_ambassador, reminder_plan, post_alias,
          webhook_delivery, conversion_key
"""
