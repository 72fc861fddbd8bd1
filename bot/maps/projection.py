"""How the round earth is laid out flat. Degrees in, kilometres out; arrays of (x, y) rows."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Rows of (longitude, latitude) in degrees, or of (x, y)."""

EARTH_KM = 6_371.0
ANTIPODE = 1e-12
_A = (1.340264, -0.081106, 0.000893, 0.003796)
"""The coefficients of the Equal Earth projection (Šavrič, Patterson and Jenny, 2018)."""
_M = math.sqrt(3) / 2


class Projection(Protocol):
    """`longitude` is that of the middle; what is projected lies within 180 degrees of it."""

    @property
    def longitude(self) -> float: ...

    def project(self, points: Points) -> Points:
        """Kilometres to the right of the middle, and above it."""

    def invert(self, xy: Points) -> Points:
        """The longitudes and latitudes there; NaN outside of the earth."""


@dataclass(frozen=True, slots=True)
class Azimuthal:
    """Lambert's azimuthal equal-area projection: true to scale around its middle."""

    longitude: float
    latitude: float

    def project(self, points: Points) -> Points:
        lon, lat = np.radians(points[:, 0] - self.longitude), np.radians(points[:, 1])
        sin0, cos0 = _sin_cos(self.latitude)
        towards = sin0 * np.sin(lat) + cos0 * np.cos(lat) * np.cos(lon)
        k = EARTH_KM * np.sqrt(2 / np.maximum(1 + towards, ANTIPODE))
        x = k * np.cos(lat) * np.sin(lon)
        y = k * (cos0 * np.sin(lat) - sin0 * np.cos(lat) * np.cos(lon))
        # The antipode is the whole rim of the map; any point of that will do.
        return np.column_stack([np.where(1 + towards < ANTIPODE, 2 * EARTH_KM, x), y])

    def invert(self, xy: Points) -> Points:
        x, y = xy[:, 0] / EARTH_KM, xy[:, 1] / EARTH_KM
        far = np.hypot(x, y)
        sin0, cos0 = _sin_cos(self.latitude)
        with np.errstate(invalid="ignore", divide="ignore"):
            angle = 2 * np.arcsin(far / 2)
            y_part = np.where(far == 0, 0, y / far)
            lat = np.arcsin(np.clip(np.cos(angle) * sin0 + y_part * np.sin(angle) * cos0, -1, 1))
            lon = np.arctan2(
                x * np.sin(angle), far * cos0 * np.cos(angle) - y * sin0 * np.sin(angle)
            )
        lon = np.where(far == 0, 0, lon)
        lat = np.where(np.isnan(angle), np.nan, lat)
        return np.column_stack([np.degrees(lon) + self.longitude, np.degrees(lat)])


@dataclass(frozen=True, slots=True)
class EqualEarth:
    """The whole earth, its areas in proportion."""

    longitude: float

    def project(self, points: Points) -> Points:
        lon, lat = np.radians(points[:, 0] - self.longitude), np.radians(points[:, 1])
        theta = np.arcsin(np.clip(_M * np.sin(lat), -1, 1))
        x = lon * np.cos(theta) / (_M * _slope(theta))
        return EARTH_KM * np.column_stack([x, _height(theta)])

    def invert(self, xy: Points) -> Points:
        x, y = xy[:, 0] / EARTH_KM, xy[:, 1] / EARTH_KM
        theta = y / _A[0]
        for _ in range(8):
            theta = theta - (_height(theta) - y) / _slope(theta)
        with np.errstate(invalid="ignore"):
            lat = np.arcsin(np.sin(theta) / _M)
            lon = x * _M * _slope(theta) / np.cos(theta)
        outside = np.isnan(lat) | (np.abs(lon) > math.pi) | (np.abs(theta) > math.pi / 3)
        lon, lat = np.where(outside, np.nan, lon), np.where(outside, np.nan, lat)
        return np.column_stack([np.degrees(lon) + self.longitude, np.degrees(lat)])


def _sin_cos(degrees: float) -> tuple[float, float]:
    return math.sin(math.radians(degrees)), math.cos(math.radians(degrees))


def _height(theta: Any) -> Any:
    a1, a2, a3, a4 = _A
    return theta * (a1 + theta**2 * (a2 + theta**4 * (a3 + theta**2 * a4)))


def _slope(theta: Any) -> Any:
    a1, a2, a3, a4 = _A
    return a1 + theta**2 * (3 * a2 + theta**4 * (7 * a3 + theta**2 * 9 * a4))


def near_longitude(longitude: float | NDArray[np.float64], middle: float) -> Any:
    """The same longitude, within 180 degrees of `middle`."""
    return middle + (longitude - middle + 180) % 360 - 180


def kilometres_between(points: Points, longitude: float, latitude: float) -> NDArray[np.float64]:
    """Along great circles."""
    lon, lat = np.radians(points[:, 0] - longitude), np.radians(points[:, 1])
    sin0, cos0 = _sin_cos(latitude)
    half = (1 - sin0 * np.sin(lat) - cos0 * np.cos(lat) * np.cos(lon)) / 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
