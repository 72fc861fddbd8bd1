"""What the owner reads about the database: in Telegram, in the log, at the command line."""

from collections.abc import Callable, Mapping

DATABASE_WRITABLE = "The database can be written again. I go on where I was."
ROOM_AGAIN = "There is room on the disk again."
COPIED_AGAIN = "The database is copied daily again."


def size_words(size: int) -> str:
    """Bytes for people: 0.4 MB, 12.0 MB, 2.3 GB."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def copied(where: str, size: int) -> str:
    """For the owner: where a copy of the database is."""
    return f"Copied: {where} ({size_words(size)}). It stays on the machine."


def no_copy(why: str) -> str:
    """For the owner: the database was not copied; `why` is a sentence."""
    return f"The database was not copied. {why}"


def schema_kept(where: str) -> str:
    """For the owner: the database was brought to a new schema."""
    return (
        "The database was brought to the schema of this version of Nutgraf. "
        f"As it was before, it is kept as {where}."
    )


def database_fault(why: str) -> str:
    """For the owner, while nothing can be written; `why` is a sentence."""
    return (
        f"I cannot write what people send me. {why} Nothing is lost: it waits at Telegram, "
        "for a day, and I go on by myself as soon as I can write."
    )


def little_room(free: int, where: str) -> str:
    """For the owner: the disk is filling up."""
    return f"The disk of {where} is filling up: {size_words(free)} free. Make room."


_REMEDIES: Mapping[str, str] = {
    "database or disk is full": "Make room on the disk.",
    "attempt to write a readonly database": "Make the file and its folder writable.",
    "database disk image is malformed": "Put back a copy (nutgraf restore FILE).",
    "it is damaged": "Put back a copy (nutgraf restore FILE).",
}
"""What helps, by what SQLite says."""
_OTHER_REMEDY = "Name another one as [storage] url."


def _database_unusable(where: str = "", why: str = "") -> str:
    named = f" {where}" if where else ""
    reason = f": {why}" if why else ""
    remedy = _REMEDIES.get(why, _OTHER_REMEDY)
    return f"The database{named} cannot be used{reason}. {remedy}"


def _database_in_use(where: str = "") -> str:
    named = f" {where}" if where else ""
    return f"Another Nutgraf is running on the database{named}. Stop it first, or name another one."


def _unsupported_database(scheme: str = "") -> str:
    named = f" ({scheme})" if scheme else ""
    return f"This version knows no such database{named}. Use sqlite:///FILE as [storage] url."


def _backup_failed(where: str = "", why: str = "") -> str:
    return f"{where or 'The copy'} cannot be written: {why or 'unknown why'}."


def _backup_unusable(where: str = "", why: str = "") -> str:
    named, reason = where or "That file", f": {why}" if why else ""
    return f"{named} is no whole copy of a database of Nutgraf{reason}. Nothing was changed."


def _backup_exists(where: str = "") -> str:
    return f"{where or 'That file'} is there already. Give another name, or --replace."


def _schema_too_new(found: str = "", known: str = "") -> str:
    schemas = f" (schema {found}; this one knows {known})" if found else ""
    return (
        f"The database was made by a newer version of Nutgraf{schemas}. "
        "Update Nutgraf, or put back an earlier copy (nutgraf restore FILE)."
    )


WORDING: Mapping[str, Callable[..., str]] = {
    "database_unusable": _database_unusable,
    "database_in_use": _database_in_use,
    "unsupported_database": _unsupported_database,
    "schema_too_new": _schema_too_new,
    "backup_failed": _backup_failed,
    "backup_unusable": _backup_unusable,
    "backup_exists": _backup_exists,
}
"""The words for errors, by their codes; see `bot.texts.failure_line`."""
