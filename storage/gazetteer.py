"""The file of the place list: written whole from its sources, replaced only when complete."""

import glob
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from storage.errors import GazetteerUnusable
from storage.gazetteer_drafts import Draft
from storage.gazetteer_sources import (
    read_cities,
    read_countries,
    read_courses,
    read_subdivisions,
    read_supplement,
    read_zones,
    stamp,
    subdivision_ids,
)
from storage.geonames_dump import Dump
from summarizer.errors import GazetteerMissing
from summarizer.gazetteer import FORMAT_VERSION, open_gazetteer, read_meta

Progress = Callable[[str, float], None]
"""Told the step at work, and which share of the whole is done."""

APPLICATION_ID = int.from_bytes(b"NutG", "big")
"""Marks the file as ours in its header (PRAGMA application_id)."""
_HEADER_BYTES = 100
_APPLICATION_ID_AT = slice(68, 72)
STALE_SECONDS = 86_400
"""No build takes so long: an unfinished file that old belongs to none."""
IMPORTED = "imported"
"""The key under which `meta` names the dump that a list was enlarged from."""

_TELL_EVERY = 5_000
_CITIES = 240_000  # about so many; only progress is reckoned with it
_CITIES_SHARE = 0.7

_SCHEMA = """
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    geonames_id INTEGER,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    country TEXT,
    admin1 INTEGER,
    admin2 INTEGER,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    population INTEGER NOT NULL,
    capital INTEGER NOT NULL,
    minor INTEGER NOT NULL
);
CREATE TABLE names (
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    form INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE TABLE courses (
    place INTEGER NOT NULL,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL
);
CREATE TABLE zones (place INTEGER PRIMARY KEY, zone TEXT NOT NULL);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_COPY = """
INSERT INTO places SELECT * FROM old.places;
INSERT INTO courses SELECT * FROM old.courses;
INSERT INTO zones SELECT * FROM old.zones;
INSERT INTO meta SELECT * FROM old.meta;
"""
_DRAFTED = """
CREATE TEMP TABLE drafted (key TEXT NOT NULL, place INTEGER NOT NULL, form INTEGER NOT NULL);
"""
# Sorted once at the end: rows that arrive in order make a compact index, and quickly.
_INDEX = """
INSERT INTO names SELECT key, place, min(form) FROM drafted GROUP BY key, place ORDER BY key, place;
DROP TABLE drafted;
CREATE INDEX courses_by_place ON courses (place);
"""


def is_current(path: Path) -> bool:
    """Whether `path` holds what this version would build from the installed packages.

    A list that was enlarged from a dump is current as well.
    """
    return _read_stamp(path) == stamp()


def find_imported(path: Path) -> str | None:
    """The dump that the list at `path` was enlarged from, if it was."""
    try:
        with closing(open_gazetteer(path, any_version=True)) as conn:
            return dict(conn.execute("SELECT key, value FROM meta")).get(IMPORTED)
    except (GazetteerMissing, sqlite3.Error):
        return None


def _read_stamp(path: Path) -> dict[str, str]:
    try:
        meta = read_meta(path)
    except GazetteerMissing:
        return {}
    return {key: value for key, value in meta.items() if key != IMPORTED}


def build_gazetteer(path: Path, *, on_progress: Progress | None = None) -> None:
    """Write the place list to `path`, replacing an older one only when the new one is complete.

    Raises GazetteerUnusable where another file stands there, or where it cannot be written.
    """
    tell = on_progress or _ignore
    with _replacement(path) as conn:
        conn.executescript(_SCHEMA + _DRAFTED)
        _write_sources(conn, tell)
        tell("index", 0.9)
        conn.executescript(_INDEX)
        conn.executemany("INSERT INTO meta VALUES (?, ?)", stamp().items())
    tell("done", 1.0)


def import_dump(path: Path, dump: Dump, *, on_progress: Progress | None = None) -> None:
    """Add the places of a dump to the list at `path`, which must be current; whole or not at all.

    Of places that the list has already only further names are taken. Raises DumpUnusable where
    the file is no dump, and GazetteerUnusable like `build_gazetteer`.
    """
    tell = on_progress or _ignore
    imported = [*filter(None, [find_imported(path)]), dump.name]
    with _replacement(path) as conn:
        conn.execute("ATTACH DATABASE ? AS old", (str(path),))
        conn.executescript(_SCHEMA + _COPY + _DRAFTED)
        conn.execute("INSERT INTO drafted SELECT * FROM old.names")
        _write_places(conn, dump.read(subdivision_ids(), lambda at: tell(dump.name, 0.9 * at)))
        tell("index", 0.9)
        conn.executescript(_INDEX)
        conn.execute("DETACH DATABASE old")
        value = ", ".join(dict.fromkeys(imported))
        conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (IMPORTED, value))
    tell("done", 1.0)


def _ignore(step: str, share: float) -> None:
    """What is told to nobody."""


@contextmanager
def _replacement(path: Path) -> Iterator[sqlite3.Connection]:
    """A new file beside `path` to write the list into; it takes its place when all went well."""
    try:
        _refuse_other_file(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_stale_parts(path)
        handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
        os.close(handle)
        part = Path(name)
        try:
            with closing(sqlite3.connect(part)) as conn:
                conn.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
                yield conn
                conn.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
                conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                conn.commit()
                conn.execute("VACUUM")
            part.chmod(0o644)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as exc:
        raise GazetteerUnusable(str(path), exc.strerror or type(exc).__name__) from exc
    except sqlite3.Error as exc:
        raise GazetteerUnusable(str(path), str(exc)) from exc


def _refuse_other_file(path: Path) -> None:
    """A slip in the configuration must not replace somebody's file by a place list."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return
    if header and header[_APPLICATION_ID_AT] != APPLICATION_ID.to_bytes(4, "big"):
        raise GazetteerUnusable(str(path), "another file stands there, which is left as it is")


def _write_sources(conn: sqlite3.Connection, tell: Progress) -> None:
    tell("countries and their subdivisions", 0.0)
    countries = read_countries()
    subdivisions = read_subdivisions()
    _write_places(conn, _telling(read_cities(subdivisions), tell))
    tell("regions, waters and landmarks", 0.85)
    areas = {**countries, **{d.id: d for d in subdivisions.values() if d.latitude}}
    own = read_supplement(areas)
    _write_places(conn, [*areas.values(), *own])
    conn.executemany("INSERT INTO courses VALUES (?, ?, ?)", read_courses(own))
    conn.executemany("INSERT INTO zones VALUES (?, ?)", read_zones())


def _telling(cities: Iterable[Draft], tell: Progress) -> Iterator[Draft]:
    for number, city in enumerate(cities):
        if number % _TELL_EVERY == 0:
            tell("cities", 0.15 + _CITIES_SHARE * min(1.0, number / _CITIES))
        yield city


def _remove_stale_parts(path: Path) -> None:
    """Remove what builds that were killed have left; a build that still runs is younger."""
    oldest = time.time() - STALE_SECONDS
    for part in path.parent.glob(f"{glob.escape(path.name)}*.part"):
        with suppress(OSError):
            if part.stat().st_mtime < oldest:
                part.unlink()


def _write_places(conn: sqlite3.Connection, drafts: Iterable[Draft]) -> None:
    """Write drafts as they come, so that any number of them needs little memory.

    Of a place that is there already only the further names are kept.
    """
    for draft in drafts:
        conn.execute(
            "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.id,
                draft.geonames_id,
                draft.name,
                draft.kind,
                draft.level,
                draft.country,
                draft.admin1,
                draft.admin2,
                draft.latitude,
                draft.longitude,
                draft.population,
                draft.capital,
                draft.minor,
            ),
        )
        conn.executemany(
            "INSERT INTO drafted VALUES (?, ?, ?)",
            [(key, draft.id, int(form)) for key, form in draft.names.items()],
        )
