"""What stands for a place on a map: a dot, a ring or a patch, by what is known of it."""

from dataclasses import dataclass

from PIL import ImageDraw

from bot.maps import style
from bot.maps.labels import Box
from summarizer.models import Location

Colour = tuple[int, int, int]
RIM = 3.0
GLOW = 2.1
PATCH_ALPHA = 70
FIRST_TIMES, CROWDED_TIMES = 1.35, 0.6


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of a place at pixel (x, y); `is_first` is that of what the story is about."""

    place: Location
    x: float
    y: float
    radius: float
    is_first: bool

    @property
    def colour(self) -> Colour:
        if self.is_first:
            return style.MAIN
        return style.WATER_NAME if self.place.kind == "water" else style.PLACE

    @property
    def reach(self) -> float:
        """How far from the point the mark is drawn."""
        return self.radius * GLOW if self.is_first and not self.is_patch else self.radius + RIM

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.x, self.y).grown(self.reach)

    @property
    def is_ring(self) -> bool:
        """Whether the place lies only somewhere near the point."""
        return not self.place.exact and not self.is_patch

    @property
    def is_patch(self) -> bool:
        """Whether the place is an area, of which the point says little."""
        return self.place.kind in ("admin", "region", "continent", "country", "water")


def mark_of(place: Location, x: float, y: float, *, is_first: bool, is_crowded: bool) -> Mark:
    is_point = place.kind in ("city", "landmark")
    radius = style.POINT_RADIUS if is_point else style.PATCH_RADIUS
    times = (CROWDED_TIMES if is_crowded else 1.0) * (FIRST_TIMES if is_first else 1.0)
    return Mark(place, x, y, radius * times, is_first)


def draw_mark(draw: ImageDraw.ImageDraw, mark: Mark, times: int) -> None:
    """Draw the mark on a sheet so many times as large; `draw` must blend colours.

    A filled dot is a point known, a ring stands for one that is only near, a patch for an area.
    """
    if mark.is_patch:
        _ellipse(draw, mark, times, mark.radius, (*mark.colour, PATCH_ALPHA))
        return
    if mark.is_first:
        _ellipse(draw, mark, times, mark.reach, (*mark.colour, PATCH_ALPHA))
    _ellipse(draw, mark, times, mark.radius + RIM, (*style.HALO, 255))
    _ellipse(draw, mark, times, mark.radius, (*mark.colour, 255))
    if mark.is_ring:
        _ellipse(draw, mark, times, mark.radius * 0.58, (*style.HALO, 255))
    elif mark.place.kind == "landmark":
        _ellipse(draw, mark, times, mark.radius * 0.35, (*style.HALO, 255))


def _ellipse(
    draw: ImageDraw.ImageDraw,
    mark: Mark,
    times: int,
    radius: float,
    colour: tuple[int, int, int, int],
) -> None:
    x, y, far = mark.x * times, mark.y * times, radius * times
    draw.ellipse((x - far, y - far, x + far, y + far), fill=colour)
