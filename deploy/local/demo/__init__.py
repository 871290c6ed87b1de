"""A demonstration programme: a fictional maker of lamps, real counts of public posts, loaded through the public API."""

from deploy.local.demo.load import DemoProgramme, load
from deploy.local.demo.show import show

__all__ = ["DemoProgramme", "load", "show"]
