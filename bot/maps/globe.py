"""The small globe that says where on earth a map is."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bot.maps import style
from bot.maps.outlines import Window, load_outlines
from bot.maps.projection import Points

DIAMETER = 190
RIM = 3
RASTER = 4
"""Cells to a degree of the picture of all land that globes are taken from."""
SMALLEST_OUTLINE = 9
DOT = 4.5
SHADED = 0.94


def draw_globe(longitude: float, latitude: float, outline: Points) -> Image.Image:
    """The half of the earth around a point, with the outline (degrees) of the map on it.

    The picture is transparent outside of the globe.
    """
    fine = style.SUPERSAMPLING
    size = DIAMETER * fine
    radius = size / 2 - RIM * fine
    x, y = np.meshgrid(np.arange(size) + 0.5 - size / 2, size / 2 - 0.5 - np.arange(size))
    far = np.hypot(x, y) / radius
    points = _seen_from_afar(x / radius, y / radius, far, longitude, latitude)
    is_land = _land_raster()[_cells(points)]
    colours = np.where(is_land[..., None], style.LAND, style.WATER) * _shade(far)
    colours[far > 1] = style.PAGE
    alpha = np.where(far <= 1 + RIM * fine / radius, 255, 0)
    image = Image.fromarray(
        np.concatenate([colours, alpha[..., None]], axis=2).astype(np.uint8), "RGBA"
    )
    draw = ImageDraw.Draw(image)
    inner = RIM * fine
    draw.ellipse((inner, inner, size - inner, size - inner), outline=style.COAST, width=fine)
    _mark(draw, outline, longitude, latitude, size, radius)
    return image.resize((DIAMETER, DIAMETER), Image.Resampling.LANCZOS)


def _mark(
    draw: ImageDraw.ImageDraw,
    outline: Points,
    longitude: float,
    latitude: float,
    size: int,
    radius: float,
) -> None:
    """Draw the outline of the map, or a dot where it would be too small to be seen."""
    fine = style.SUPERSAMPLING
    lon, lat = np.radians(outline[:, 0] - longitude), np.radians(outline[:, 1])
    sin0, cos0 = math.sin(math.radians(latitude)), math.cos(math.radians(latitude))
    x = size / 2 + radius * np.cos(lat) * np.sin(lon)
    y = size / 2 - radius * (cos0 * np.sin(lat) - sin0 * np.cos(lat) * np.cos(lon))
    if max(np.ptp(x), np.ptp(y)) < SMALLEST_OUTLINE * fine:
        dot = DOT * fine
        draw.ellipse(
            (size / 2 - dot, size / 2 - dot, size / 2 + dot, size / 2 + dot), fill=style.MAIN
        )
        return
    corners = np.column_stack([x, y]).ravel().tolist()
    draw.line([*corners, *corners[:2]], fill=style.MAIN, width=2 * fine)


def _seen_from_afar(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    far: NDArray[np.float64],
    longitude: float,
    latitude: float,
) -> Points:
    """Longitudes and latitudes on the globe (the orthographic projection, inverted)."""
    sin0, cos0 = math.sin(math.radians(latitude)), math.cos(math.radians(latitude))
    depth = np.sqrt(np.maximum(0, 1 - far**2))
    lat = np.arcsin(np.clip(depth * sin0 + y * cos0, -1, 1))
    lon = np.arctan2(x, depth * cos0 - y * sin0)
    return np.stack([np.degrees(lon) + longitude, np.degrees(lat)], axis=-1)


def _shade(far: NDArray[np.float64]) -> NDArray[np.float64]:
    """A little darker towards the rim, as a ball is."""
    return np.asarray(1 - (1 - SHADED) * np.minimum(far, 1)[..., None] ** 4)


@lru_cache(maxsize=1)
def _land_raster() -> NDArray[np.bool_]:
    image = Image.new("1", (360 * RASTER, 180 * RASTER), 0)
    draw = ImageDraw.Draw(image)
    for _, area in load_outlines("far").land(Window(-180, 180, -90, 90), 1 / RASTER):
        cells = np.column_stack([area[:, 0] + 180, 90 - area[:, 1]]) * RASTER
        draw.polygon(cells.ravel().tolist(), fill=1)
    return np.asarray(image, bool)


def _cells(points: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    column = ((points[..., 0] + 180) % 360 * RASTER).astype(np.intp)
    row = ((90 - points[..., 1]) * RASTER).astype(np.intp)
    return np.minimum(row, 180 * RASTER - 1), np.minimum(column, 360 * RASTER - 1)
