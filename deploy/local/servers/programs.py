"""Owns where the wheels of the three servers have put their programs."""

from importlib.metadata import files
from pathlib import Path


def program(wheel: str, name: str, *, below: str = "") -> Path:
    """The program `name` of the installed `wheel`, in a folder whose path contains `below`.

    Read from the wheel's list of files: importing the wheels would start their own machinery.
    Raises FileNotFoundError when the wheel holds none.
    """
    for file in files(wheel) or ():
        if file.name == name and below in str(file.parent):
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError(f"The wheel {wheel} has no program {name} for this platform.")
