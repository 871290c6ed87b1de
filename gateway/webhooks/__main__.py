"""`python -m gateway.webhooks serve | migrate`."""

import gc

gc.disable()  # see libs.process.cycles

from gateway.webhooks.app import MIGRATIONS, create_app
from gateway.webhooks.settings import Settings
from libs.process.command import main

if __name__ == "__main__":
    settings = Settings()
    main("webhooks", settings, lambda: create_app(settings), MIGRATIONS, module="gateway.webhooks")
