"""What can go wrong between the program and its database.

StorageError
├── DatabaseLocked        somebody else is writing for longer than we wait; try again
├── DatabaseInUse         another instance of this program runs on it
├── FileUnusable
│   ├── DatabaseUnusable  the file cannot be opened, is no database, or the disk is full
│   ├── BackupUnusable    a file to restore is no whole database of this program
│   ├── BackupFailed      a copy of the database cannot be written
│   ├── GazetteerUnusable the place list cannot be written, or another file stands in its place
│   └── DumpUnusable      a file to import is no dump of GeoNames, or cannot be read
├── BackupExists          a copy would replace a file
├── UnsupportedDatabase   the URL names a kind of database that this version does not speak
├── SchemaTooNew          the database was written by a newer version of the program
└── NotFound              no such row

Every class has a stable `code`; the wording for people is in `bot/texts.py`. Errors of the driver
are translated only in `storage/database.py`; what `__init__` takes is what it hands to `Exception`.
"""


class StorageError(Exception):
    code = "storage"


class DatabaseLocked(StorageError):
    code = "database_locked"


class DatabaseInUse(StorageError):
    """`where` is the file."""

    code = "database_in_use"

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class FileUnusable(StorageError):
    """`where` is the file, `why` the reason, as the system gives it where it does."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, why)
        self.where = where
        self.why = why

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


class DatabaseUnusable(FileUnusable):
    code = "database_unusable"


class BackupUnusable(FileUnusable):
    code = "backup_unusable"


class BackupFailed(FileUnusable):
    code = "backup_failed"


class GazetteerUnusable(FileUnusable):
    code = "gazetteer_unusable"


class DumpUnusable(FileUnusable):
    code = "dump_unusable"


class BackupExists(StorageError):
    """`where` is the file that is there already."""

    code = "backup_exists"

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


class UnsupportedDatabase(StorageError):
    """`scheme` is what stands before the colon of the URL; the rest may hold a password."""

    code = "unsupported_database"

    def __init__(self, scheme: str) -> None:
        super().__init__(scheme)
        self.scheme = scheme

    def __str__(self) -> str:
        return f"{self.scheme!r} is not supported, use sqlite:///FILE"


class SchemaTooNew(StorageError):
    """`found` is the schema of the database, `known` the newest one of this program."""

    code = "schema_too_new"

    def __init__(self, found: str, known: str) -> None:
        super().__init__(found, known)
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return (
            f"the database has schema {self.found}, this version of the program knows up to "
            f"{self.known}"
        )


class NotFound(StorageError):
    """`kind` is what was looked for (chat, article, digest), `key` its id."""

    code = "not_found"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(kind, key)
        self.kind = kind
        self.key = key

    def __str__(self) -> str:
        return f"no {self.kind} {self.key}"


OUTAGES = (DatabaseLocked, DatabaseUnusable)
"""Faults of the database itself, to be waited out: what is asked of it is not at fault."""
