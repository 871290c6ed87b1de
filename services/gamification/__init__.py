"""What a share is worth and why: rules, the evidence they are applied to, the ledger of points, and the boards.

Sends     gamification.points.awarded.v1
Hears     content.programme.created.v1, sharing.ambassador.enrolled.v1, sharing.share.published.v1,
          engagement.interactions.recorded.v1, engagement.counts.reported.v1
Owns      tables rules, member, member_programme, evidence_share, evidence_touch, evidence_answer,
          evidence_conversion, evidence_reading, account, line, entry, balance, board
"""
