"""What there is to speak about: programmes, their campaigns, items with captions, and what ambassadors propose.

Sends     content.programme.created.v1, content.campaign.created.v1, content.item.published.v1,
          content.proposal.approved.v1
Hears     sharing.ambassador.enrolled.v1
Owns      tables programme, campaign, item, caption, content_ambassador, proposal
"""
