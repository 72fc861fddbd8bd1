"""The letters of maps: Noto Sans, from the package that carries it."""

from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

Weight = int
REGULAR, SEMIBOLD, BOLD = 400, 600, 700
CONDENSED, NORMAL = 85.0, 100.0

_FOLDER = "files"
_UPRIGHT, _ITALIC = "NotoSans[wdth,wght].ttf", "NotoSans-Italic[wdth,wght].ttf"
_MISSING = "\uffff"
"""A code point that no font draws: it shows what the font puts for letters it lacks."""


@lru_cache(maxsize=2)
def _font_file(name: str) -> bytes:
    return files("fontpkg_noto_sans").joinpath(_FOLDER, name).read_bytes()


@lru_cache(maxsize=32)
def font(
    size: int, weight: Weight = REGULAR, *, italic: bool = False, width: float = NORMAL
) -> FreeTypeFont:
    """The font in a size in pixels; `width` is in hundredths of the usual one."""
    data = BytesIO(_font_file(_ITALIC if italic else _UPRIGHT))
    made = ImageFont.truetype(data, size)
    made.set_variation_by_axes([weight, width])
    return made


@lru_cache(maxsize=4_096)
def _is_drawable(letter: str) -> bool:
    probe = font(24)
    missing = probe.getmask(_MISSING)
    mask = probe.getmask(letter)
    return letter.isspace() or (mask.size, bytes(mask)) != (missing.size, bytes(missing))


def drawable(name: str) -> str:
    """The name, or nothing where the font lacks one of its letters."""
    return name if all(map(_is_drawable, name)) else ""


def measure(words: str, made: FreeTypeFont) -> tuple[float, float]:
    """The width and height of the ink."""
    left, top, right, bottom = made.getbbox(words)
    return right - left, bottom - top
