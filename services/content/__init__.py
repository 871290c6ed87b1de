"""What there is to speak about: programmes, their campaigns, items with captions, and what ambassadors propose.

As the owner of programmes it also makes the API keys of their machines.

Sends     content.programme.created.v1, content.campaign.created.v1, content.item.published.v1,
          content.proposal.approved.v1
Hears     sharing.ambassador.enrolled.v1
Owns      tables programme, campaign, item, caption, content_ambassador, proposal, api_key, api_key_secret;
          the bucket `api-keys` (what every process judges API keys by)
"""
