"""What a share is worth and why: rules, the evidence they are applied to, the ledger of points, and the boards.

Sends     gamification.points.awarded.v1, gamification.points.held.v1, gamification.points.released.v1,
          gamification.reward.redeemed.v1, gamification.redemption.changed.v1, gamification.spotlight.given.v1,
          gamification.spotlight.withdrawn.v1, gamification.challenge.cancelled.v1,
          gamification.rules.activated.v1, gamification.rules.reversed.v1, gamification.visibility.set.v1,
          gamification.season.planned.v1, gamification.season.closed.v1,
          gamification.level.reached.v1, gamification.badge.earned.v1, gamification.badge.revoked.v1,
          gamification.challenge.completed.v1
Hears     content.programme.created.v1, content.campaign.created.v1, content.proposal.approved.v1,
          sharing.team.created.v1, sharing.ambassador.enrolled.v1, sharing.cohort.formed.v1, sharing.share.published.v1,
          engagement.interactions.recorded.v1, engagement.interactions.withdrawn.v1, engagement.counts.reported.v1
Owns      tables rules, rules_activation, member, member_programme, member_team, member_campaign, member_cohort,
          cohort_member, evidence_proposal, evidence_share, evidence_touch, evidence_answer,
          evidence_conversion, evidence_withdrawn, evidence_reading, share_measure, account, line, entry, balance,
          board, board_visibility, board_standing, board_due,
          planned_season, season, season_standing, simulation, simulated_outcome, reward, redemption,
          spotlight, held_share, hold, hold_answer, integrity, integrity_limits,
          counter_day, counter, level_ladder, level_standing, badge, badge_award,
          badge_wording, badge_retirement, cadence, streak_week, challenge,
          challenge_part
"""
