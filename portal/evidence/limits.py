"""What is taken as evidence and how much of it: the one table that code, pages and documentation read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

KB = 1024
MB = 1024 * KB
GB = 1024 * MB

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Accepted(NamedTuple):
    """One media type that is taken: the extension a download gets, and what people call it."""

    extension: str
    label: str


ACCEPTED: Mapping[str, Accepted] = MappingProxyType(
    {
        PDF: Accepted(".pdf", "PDF"),
        JPEG: Accepted(".jpg", "JPEG"),
        PNG: Accepted(".png", "PNG"),
        WEBP: Accepted(".webp", "WebP"),
        DOCX: Accepted(".docx", "Word (.docx)"),
        XLSX: Accepted(".xlsx", "Excel (.xlsx)"),
    }
)

FILE_BYTES = 25 * MB
RESPONSE_FILES = 200
RESPONSE_BYTES = GB
FREE_DISK_BYTES = 2 * GB
PICTURE_PIXELS = 50_000_000
PICTURE_PARTS = 100_000
ZIP_MEMBERS = 2_000
UNPACKED_BYTES = 200 * MB
UNPACKED_RATIO = 100
UNPACKED_RATIO_FROM = MB
STALE_SECONDS = 3_600
MOST_HALF_SENT = 8
PIECES_SECONDS = 24 * 3_600


class Limit(NamedTuple):
    """One number of the table, its unit, and what it bounds."""

    value: int
    unit: str
    label: str


LIMITS: Mapping[str, Limit] = MappingProxyType(
    {
        "FILE_BYTES": Limit(FILE_BYTES, "bytes", "one file"),
        "RESPONSE_FILES": Limit(RESPONSE_FILES, "files", "all evidence of one response"),
        "RESPONSE_BYTES": Limit(RESPONSE_BYTES, "bytes", "all evidence of one response"),
        "FREE_DISK_BYTES": Limit(FREE_DISK_BYTES, "bytes", "free disk that files leave to the answers"),
        "PICTURE_PIXELS": Limit(PICTURE_PIXELS, "pixels", "width times height of a picture"),
        "PICTURE_PARTS": Limit(PICTURE_PARTS, "parts", "segments or chunks of a picture"),
        "ZIP_MEMBERS": Limit(ZIP_MEMBERS, "parts", "parts of a Word or Excel file"),
        "UNPACKED_BYTES": Limit(UNPACKED_BYTES, "bytes", "a Word or Excel file unpacked"),
        "UNPACKED_RATIO": Limit(UNPACKED_RATIO, "times", "how far one part may be packed"),
        "UNPACKED_RATIO_FROM": Limit(UNPACKED_RATIO_FROM, "bytes", "unpacked parts larger than this are held to it"),
        "MOST_HALF_SENT": Limit(MOST_HALF_SENT, "files", "half-sent files of one response"),
        "PIECES_SECONDS": Limit(PIECES_SECONDS, "seconds", "age at which a half-sent file is swept away"),
        "STALE_SECONDS": Limit(STALE_SECONDS, "seconds", "age at which a broken-off upload is swept away"),
    }
)


def size_label(size: int) -> str:
    """A number of bytes as people say it, such as `25 MB`."""
    for unit, label in ((GB, "GB"), (MB, "MB"), (KB, "kB")):
        if size >= unit:
            return f"{size / unit:.4g} {label}"
    return f"{size} bytes"
