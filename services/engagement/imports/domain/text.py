"""Rules of encodings: any file becomes UTF-8 with plain line ends, piece by piece."""

import codecs
from io import IncrementalNewlineDecoder
from typing import Literal

from services.engagement.imports.errors import UnreadableTable

Encoding = Literal["utf-8", "utf-16", "latin-1"]
# what Windows calls Latin-1 is its superset cp1252; a mark at the beginning of a file says more than a declaration
CODECS: dict[Encoding, str] = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "latin-1": "cp1252"}
CHARSETS: dict[str, Encoding] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
    "windows-1252": "latin-1",
}
LOOKED_AT = 65_536  # bytes that must be of the encoding; what is not later spoils its row only
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UNREADABLE = "�"  # stands for bytes that are not of the encoding; a cell that is needed and holds it is refused


def codec_of(head: bytes, declared: Encoding | None) -> str:
    """Return the name of the codec for a file that begins so. Raises UnreadableTable."""
    if head.startswith(WORKBOOKS):
        raise UnreadableTable("this is an Excel workbook; save the sheet as CSV UTF-8")
    marked: Encoding | None = None
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        marked = "utf-16"
    elif head.startswith(codecs.BOM_UTF8):
        marked = "utf-8"
    encoding = marked or declared or "utf-8"
    codec = CODECS[encoding]
    if encoding == "utf-16" and not marked:  # a header begins with a letter of ours, of which one byte is zero
        codec = "utf-16-be" if head[:1] == b"\0" else "utf-16-le"
    try:
        codecs.getincrementaldecoder(codec)("strict").decode(head[:LOOKED_AT])
    except UnicodeDecodeError as error:
        raise UnreadableTable(
            f"not {encoding} at byte {error.start}; save the file as CSV UTF-8, or say its encoding"
        ) from error
    return codec


class Transcoder:
    """Turns a file into UTF-8 with one kind of line end, whatever pieces it comes in."""

    def __init__(self, codec: str) -> None:
        decoder = codecs.getincrementaldecoder(codec)("replace")
        self._decoder = IncrementalNewlineDecoder(decoder, translate=True)

    def feed(self, piece: bytes, *, last: bool = False) -> bytes:
        """Return what can be told of the text so far; signs that PostgreSQL cannot hold become unreadable ones."""
        text = self._decoder.decode(piece, final=last)
        return text.replace("\x00", UNREADABLE).encode("utf-8", "replace")
