"""The large towns of a part of the earth, out of the place list."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from summarizer.errors import GazetteerMissing
from summarizer.gazetteer import open_gazetteer


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    latitude: float
    longitude: float
    population: int


def find_towns(
    gazetteer: Path, *, west: float, east: float, south: float, north: float, limit: int
) -> tuple[Town, ...]:
    """The most populous towns within these degrees, the largest first; `east` may pass 180.

    Raises GazetteerMissing.
    """
    conn = open_gazetteer(gazetteer)
    try:
        rows = conn.execute(
            "SELECT name, latitude, longitude, population FROM places"
            " WHERE kind = 'city' AND latitude BETWEEN :south AND :north"
            " AND (longitude BETWEEN :west AND :east OR longitude + 360 BETWEEN :west AND :east"
            " OR longitude - 360 BETWEEN :west AND :east)"
            " ORDER BY population DESC, id LIMIT :limit",
            {"west": west, "east": east, "south": south, "north": north, "limit": limit},
        ).fetchall()
    except sqlite3.DatabaseError as exc:  # the file was damaged after it was written
        raise GazetteerMissing(str(gazetteer)) from exc
    finally:
        conn.close()
    return tuple(Town(*row) for row in rows)
