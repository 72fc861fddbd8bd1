"""What helps to find one's way on a part of the earth: its large towns and its provinces."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from summarizer.errors import GazetteerMissing
from summarizer.gazetteer import open_gazetteer

MOST_TOWNS, MOST_PROVINCES = 60, 30
"""More than a map has room for: many lie too near to something else."""

_QUERY = (
    "SELECT name, latitude, longitude FROM places WHERE kind = :kind AND level = :level"
    " AND latitude BETWEEN :south AND :north"
    " AND (longitude BETWEEN :west AND :east OR longitude + 360 BETWEEN :west AND :east"
    " OR longitude - 360 BETWEEN :west AND :east)"
    " ORDER BY population DESC, id LIMIT :limit"
)


@dataclass(frozen=True, slots=True)
class Nearby:
    """A place that is not in the story."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The most populous first; the point of a province is in the middle of its towns."""

    towns: tuple[Nearby, ...] = ()
    provinces: tuple[Nearby, ...] = ()


def find_surroundings(
    gazetteer: Path, *, west: float, east: float, south: float, north: float
) -> Surroundings:
    """What lies within these degrees; `west` and `east` may pass 180. Raises GazetteerMissing."""
    window = {"west": west, "east": east, "south": south, "north": north}
    conn = open_gazetteer(gazetteer)
    try:
        towns = conn.execute(
            _QUERY, {**window, "kind": "city", "level": 9, "limit": MOST_TOWNS}
        ).fetchall()
        provinces = conn.execute(
            _QUERY, {**window, "kind": "admin", "level": 1, "limit": MOST_PROVINCES}
        ).fetchall()
    except sqlite3.DatabaseError as exc:  # the file was damaged after it was written
        raise GazetteerMissing(str(gazetteer)) from exc
    finally:
        conn.close()
    return Surroundings(
        tuple(Nearby(*row) for row in towns), tuple(Nearby(*row) for row in provinces)
    )
