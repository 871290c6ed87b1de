"""`python -m services.content serve | migrate`."""

import gc

gc.disable()  # see libs.process.cycles

from libs.process.command import main
from services.content.app import MIGRATIONS, create_app
from services.content.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    main("content", settings, lambda: create_app(settings), MIGRATIONS)
