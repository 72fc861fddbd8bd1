"""Which part of the earth a map shows: the places of the story, with room around them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.maps.labels import Box
from bot.maps.outlines import Window
from bot.maps.projection import (
    Azimuthal,
    EqualEarth,
    Points,
    Projection,
    kilometres_between,
    near_longitude,
)

WIDEST_AZIMUTHAL_KM = 4_800.0
"""Places farther than this from the middle between them are shown on a map of the world."""
WORLD_KM = (35_200.0, 17_300.0)
"""The width and height of the whole earth on an equal-earth map, and a rim around it."""
NEARLY_WHOLE = 1.6
"""A part of the world that would be drawn less than so much larger is not cut out of it."""
WORLD_SPAN = 200.0
"""Degrees; places that cover more are shown on the map that people know, Africa in its middle."""
USUAL_MIDDLE = 11.0
FAR_TIMES = 1.6
FAR_SHARE = 0.45
"""Places so many times as far off as all before them may be left out, if they matter less."""
WINDOW_MARGIN = 0.03
POLE_NEAR = 89.0
NEARLY_AROUND = 350.0
CENTRING_STEPS = 4
EDGE = 6.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the projected earth: `middle` is in its kilometres, `scale` pixels to one."""

    projection: Projection
    middle: tuple[float, float]
    scale: float
    width: int
    height: int

    def to_pixels(self, points: Points) -> Points:
        """Where points are in the picture, from its upper left corner; longitudes wrap."""
        lon = near_longitude(points[:, 0], self.projection.longitude)
        return self.project(np.column_stack([lon, points[:, 1]]))

    def project(self, points: Points) -> Points:
        """The same for points that are within 180 degrees of the middle already."""
        xy = (self.projection.project(points) - self.middle) * self.scale
        return np.column_stack([self.width / 2 + xy[:, 0], self.height / 2 - xy[:, 1]])

    def to_degrees(self, pixels: Points) -> Points:
        """Which points of the earth pixels show; NaN where they show none."""
        right, up = pixels[:, 0] - self.width / 2, self.height / 2 - pixels[:, 1]
        xy = np.column_stack([right, up]) / self.scale + np.asarray(self.middle)
        return self.projection.invert(xy)

    def shows(self, points: Points, *, margin: float = 0.0) -> NDArray[np.bool_]:
        """Which points lie in the picture, `margin` pixels or more from its edges."""
        x, y = self.to_pixels(points).T
        across = (x >= margin) & (x <= self.width - margin)
        return np.asarray(across & (y >= margin) & (y <= self.height - margin))

    @property
    def sheet(self) -> Box:
        """The picture without its very edges."""
        return Box(0, 0, self.width, self.height).grown(-EDGE)

    @property
    def width_km(self) -> float:
        return self.width / self.scale

    def window(self) -> Window:
        """The longitudes and latitudes that the picture shows, and a little more."""
        columns, rows = np.meshgrid(np.linspace(0, self.width, 41), np.linspace(0, self.height, 31))
        shown = self.to_degrees(np.column_stack([columns.ravel(), rows.ravel()]))
        shown = shown[~np.isnan(shown).any(axis=1)]
        middle = self.projection.longitude
        lon, lat = near_longitude(shown[:, 0], middle) - middle, shown[:, 1]
        west, east = float(np.min(lon)), float(np.max(lon))
        south, north = float(np.min(lat)), float(np.max(lat))
        across, along = WINDOW_MARGIN * (east - west), WINDOW_MARGIN * (north - south)
        poles = np.array([[middle, -90.0], [middle, 90.0]])
        with_south, with_north = self.shows(poles, margin=-1).tolist()
        is_whole = (
            with_south
            or with_north
            or max(north, -south) > POLE_NEAR
            or east - west > NEARLY_AROUND
        )
        return Window(
            middle + (-180 if is_whole else max(-180, west - across)),
            middle + (180 if is_whole else min(180, east + across)),
            -90 if with_south else max(-90, south - along),
            90 if with_north else min(90, north + along),
        )


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture and how much of its edges is kept free of places, in pixels."""

    width: int
    height: int
    padding: int

    def fit(self, size: NDArray[np.float64]) -> float:
        """The scale at which so many kilometres, across and along, fill all but the edges."""
        wide, high = size
        room = self.width - 2 * self.padding, self.height - 2 * self.padding
        return float(min(room[0] / max(wide, 1e-6), room[1] / max(high, 1e-6)))


def fit_frame(points: Points, canvas: Canvas, *, at_least_km: float) -> Frame:
    """A map of all points, at least so wide."""
    middle = _middle(points)
    for _ in range(CENTRING_STEPS):
        extent = _projected(Azimuthal(*middle), points)
        ((longitude, latitude),) = Azimuthal(*middle).invert(centre_of(extent)[None])
        if math.isnan(latitude):
            return _fit_world(points, canvas)
        middle = float(longitude), float(latitude)
    if np.max(kilometres_between(points, *middle)) > WIDEST_AZIMUTHAL_KM:
        return _fit_world(points, canvas)
    projection = Azimuthal(*middle)
    reach = 2 * np.abs(_projected(projection, points)).max(axis=0)
    scale = min(canvas.fit(reach), canvas.width / at_least_km)
    return Frame(projection, (0.0, 0.0), scale, canvas.width, canvas.height)


def _projected(projection: Projection, points: Points) -> Points:
    lon = near_longitude(points[:, 0], projection.longitude)
    return projection.project(np.column_stack([lon, points[:, 1]]))


def centre_of(extent: Points) -> Points:
    return np.asarray((extent.min(axis=0) + extent.max(axis=0)) / 2)


def _fit_world(points: Points, canvas: Canvas) -> Frame:
    """A map of the world, or of the part of it with these points."""
    west, span = _shortest_span(points[:, 0])
    longitude = USUAL_MIDDLE if span > WORLD_SPAN else float(near_longitude(west + span / 2, 0.0))
    projection = EqualEarth(longitude)
    extent = _projected(projection, points)
    whole = canvas.width / WORLD_KM[0]
    scale = canvas.fit(np.ptp(extent, axis=0))
    if scale < NEARLY_WHOLE * whole:
        scale = whole
    height = min(canvas.height, round(WORLD_KM[1] * scale))
    x, y = centre_of(extent)
    x, y = (
        _clamped(x, WORLD_KM[0] - canvas.width / scale),
        _clamped(y, WORLD_KM[1] - height / scale),
    )
    return Frame(projection, (x, y), scale, canvas.width, height)


def _clamped(value: float, room: float) -> float:
    """The value, within half of `room` around zero."""
    return float(min(max(value, -room / 2), room / 2)) if room > 0 else 0.0


def _shortest_span(longitudes: NDArray[np.float64]) -> tuple[float, float]:
    """Where the shortest stretch around the earth with all these longitudes begins; its length."""
    ordered = np.sort(longitudes % 360)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    widest = int(np.argmax(gaps))
    return float(ordered[(widest + 1) % len(ordered)]), float(360 - gaps[widest])


def _middle(points: Points) -> tuple[float, float]:
    """Roughly between the points: the direction of their sum as seen from the earth's centre."""
    lon, lat = np.radians(points).T
    x, y, z = np.sum([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


def split_far(points: Points, weights: Sequence[float], *, near_km: float) -> NDArray[np.bool_]:
    """Which points the map is of: the first one, and what is not far off in comparison.

    Others are left out where they are much farther than all the rest and matter less together.
    """
    distances = kilometres_between(points, *points[0])
    order = np.argsort(distances, kind="stable")
    total = float(sum(weights)) or 1.0
    shares = np.asarray(weights, float)[order] / total
    for split in range(1, len(order)):
        reach = max(near_km, float(distances[order[split - 1]]))
        is_gap = distances[order[split]] > FAR_TIMES * reach
        if is_gap and shares[split:].sum() < FAR_SHARE:
            return np.asarray(distances < distances[order[split]])
    return np.ones(len(points), bool)
