"""`python -m services.gamification serve | migrate | replay`."""

import gc

gc.disable()  # see libs.process.cycles

import asyncio
import sys

from libs.process.command import main
from libs.process.cycles import collect_rarely
from libs.telemetry.logs import configure_logs
from services.gamification.app import MIGRATIONS, create_app, replay
from services.gamification.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    if sys.argv[1:] == ["replay"]:  # into GAMIFICATION_DATABASE_URL, which must be migrated and empty
        configure_logs("gamification", form=settings.log_form, level=settings.log_level)
        collect_rarely()
        print(asyncio.run(replay(settings)))
    else:
        main("gamification", settings, lambda: create_app(settings), MIGRATIONS)
