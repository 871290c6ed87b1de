"""What there is to speak about: programmes, their campaigns with one objective each, and items with captions.

Sends     content.programme.created.v1, content.campaign.created.v1, content.item.published.v1
Hears     nothing
Owns      tables programme, campaign, item, caption
"""
