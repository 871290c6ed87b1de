"""`python -m services.engagement serve | migrate`."""

import gc

gc.disable()  # see libs.process.cycles

from libs.process.command import main
from services.engagement.app import MIGRATIONS, create_app
from services.engagement.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    main("engagement", settings, lambda: create_app(settings), MIGRATIONS)
