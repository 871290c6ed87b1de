"""`python -m services.gamification serve | migrate`."""

from libs.process.command import main
from services.gamification.app import MIGRATIONS, create_app
from services.gamification.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    main("gamification", settings, lambda: create_app(settings), MIGRATIONS)
