"""Which object keys are safe to use as path segments in any store."""

from pipelines.core.errors import DataError

LONGEST = 1024
REMEDY = "Use plain path segments joined by single slashes."


def check_key(key: str) -> str:
    """`key` itself when every segment is a plain name; DataError otherwise."""
    if not key:
        raise DataError("object key", "has at least one segment", "nothing", REMEDY)
    return _check(key, key.split("/"))


def check_prefix(prefix: str) -> str:
    """`prefix` itself: empty, whole segments with or without the closing slash, or the beginning of a key."""
    return _check(prefix, prefix.removesuffix("/").split("/")) if prefix else prefix


def trouble_with(key: str) -> str | None:
    """Why a key cannot be kept by every store, in words for whoever named it; None for a plain one."""
    if "\ufffd" in key:
        return "the name holds characters that are not UTF-8"
    try:
        check_key(key)
    except DataError as error:
        return f"a name {error.rule}, and this one has {error.found}"
    return None


def _check(key: str, segments: list[str]) -> str:
    shown = ascii(key[:80])
    try:
        size = len(key.encode())
    except UnicodeEncodeError as error:
        raise DataError(f"object key {shown}", "is valid UTF-8", error.reason, REMEDY) from error
    if size > LONGEST:
        raise DataError(f"object key {shown}", f"has at most {LONGEST} bytes", f"{size} bytes", REMEDY)
    control = next((letter for letter in key if ord(letter) < 32 or 127 <= ord(letter) < 160), None)
    if control is not None:
        raise DataError(f"object key {shown}", "has no control characters", ascii(control), REMEDY)
    for segment in segments:
        if segment in ("", ".", ".."):
            found = "a segment " + repr(segment) if segment else "an empty segment"
            raise DataError(f"object key {shown}", "is a relative path of plain segments", found, REMEDY)
    return key
