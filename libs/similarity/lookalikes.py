"""The frozen tables of signs that pass for Latin letters, for an apostrophe or for nothing at all.

Data of the measure: a change here changes results, so it raises `MEASURE_VERSION`. Only signs that Unicode's NFKD
leaves as they are need a row; it already undoes full-width, circled and "bold" mathematical letters.
"""

from collections.abc import Mapping
from itertools import chain
from string import ascii_lowercase
from types import MappingProxyType

# Both cases of a Cyrillic letter give the same Latin one, or a text in capitals would differ from its small letters.
_CYRILLIC = (
    "АаВвЕеЅѕІіЈјКкМмНнОоРрСсТтУуХхҮүҺһԀԁԚԛԜԝѴѵӀӏЬь",
    "aabbeessiijjkkmmhhooppccttyyxxyyhhddqqwwvvllbb",
)
# Greek eta, nu and upsilon look like another letter in each case; here the disguise matters more than Greek capitals.
_GREEK = ("ΑαΒβΕεΖζΗηΙιΚκΜμΝνΟοΡρΤτΥυΧχγωϲϹϳ", "aabbeezzhniikkmmnvoopp" + "ttyuxxywccj")
_ARMENIAN = ("ՕօՍսՈոՀհ", "oouunnhh")
_SMALL_CAPITALS = ("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz")
_LATIN = ("ıɩɑɡØøĐđŁłĦħŦŧƒ", "iiagooddllhhttf")
_NEGATIVE_CIRCLED = ("".join(map(chr, range(0x1F150, 0x1F16A))), ascii_lowercase)
_NEGATIVE_SQUARED = ("".join(map(chr, range(0x1F170, 0x1F18A))), ascii_lowercase)
_LIGATURES = {"Œ": "oe", "œ": "oe", "Æ": "ae", "æ": "ae", "Ӕ": "ae", "ӕ": "ae", "ẞ": "ss", "ß": "ss"}

_ALPHABETS = (_CYRILLIC, _GREEK, _ARMENIAN, _SMALL_CAPITALS, _LATIN, _NEGATIVE_CIRCLED, _NEGATIVE_SQUARED)

LOOKALIKES: Mapping[str, str] = MappingProxyType(
    {sign: latin for signs, letters in _ALPHABETS for sign, latin in zip(signs, letters, strict=True)} | _LIGATURES
)
"""Sign to the small Latin letters that it stands for."""

APOSTROPHES = frozenset("ʹʺʻʼʽˈˊˋꞋꞌ")
"""Letters by Unicode's categories that people read as an apostrophe: they part words."""

FILLERS = frozenset(
    map(
        chr,
        chain(
            (0x115F, 0x1160, 0x3164, 0xFFA0),  # Hangul fillers, letters by category
            (0x2065, *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)),  # invisible, mostly unassigned
        ),
    )
)
"""Signs that show nothing and that Unicode's categories do not tell from letters or from unassigned signs."""
