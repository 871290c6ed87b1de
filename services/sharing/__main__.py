"""`python -m services.sharing serve | migrate`."""

import gc

gc.disable()  # see libs.process.cycles

from libs.process.command import main
from services.sharing.app import MIGRATIONS, create_app
from services.sharing.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    main("sharing", settings, lambda: create_app(settings), MIGRATIONS)
