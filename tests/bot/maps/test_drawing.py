from io import BytesIO
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.maps import style
from bot.maps.drawing import draw_map
from bot.maps.view import choose_view, points_of
from summarizer.models import Location, LocationKind
from summarizer.surroundings import Nearby, Surroundings

MAX_BYTES = 300_000


def place(
    name: str,
    latitude: float,
    longitude: float,
    *,
    kind: LocationKind = "city",
    country: str | None = None,
    salience: float = 0.5,
    exact: bool = True,
) -> Location:
    return Location(name, kind, country, latitude, longitude, None, exact, salience, ())


KHERSON = place("Kherson", 46.64, 32.61, country="UA", salience=1.0)
KYIV = place("Kyiv", 50.45, 30.52, country="UA", salience=0.2)
ROME = place("Rome", 41.9, 12.5, country="IT", salience=0.1)
UKRAINE = place("Ukraine", 49, 32, kind="country", country="UA", salience=0.6)
SINGAPORE = place("Singapore", 1.35, 103.8, kind="country", country="SG", salience=0.1)


def opened(picture: bytes) -> Image.Image:
    image = Image.open(BytesIO(picture))
    image.load()
    return image


def test_the_map_is_a_png_that_fits_a_message() -> None:
    picture = draw_map([KHERSON, KYIV, ROME, UKRAINE])
    image = opened(picture)
    assert (image.format, image.size) == ("PNG", (1280, 960))
    assert len(picture) < MAX_BYTES


def test_the_same_places_give_the_same_picture() -> None:
    assert draw_map([KHERSON, KYIV]) == draw_map([KHERSON, KYIV])


@pytest.mark.parametrize(
    "places",
    [
        [place("Village", 46.2, 33.8)],
        [place("Suva", -18.1, 178.4), place("Nukuʻalofa", -21.1, -175.2)],
        [place("North Pole", 90, 0, kind="landmark")],
        [place("South Pole", -90, 0), place("McMurdo Station", -77.8, 166.7)],
        [place("Washington", 38.9, -77), place("Canberra", -35.3, 149.1)],
        [UKRAINE],
        [UKRAINE, SINGAPORE],
        [place("Atlantis", 30, -40, kind="country", country="ZZ")],
        [place("Africa", 7, 21, kind="continent")],
        [place("Pacific Ocean", 0, -160, kind="water")],
        [place("北京", 39.9, 116.4), place("القاهرة", 30, 31.2)],
        [place("x" * 300, 10, 10), place(" ", 10.1, 10.1)],
        [place("Same", 10, 10)] * 5,
    ],
    ids=lambda places: places[0].name[:20],
)
def test_any_places_can_be_drawn(places: list[Location]) -> None:
    picture = draw_map(places)
    assert opened(picture).width == 1280
    assert len(picture) < MAX_BYTES


@settings(max_examples=2, deadline=None, phases=[Phase.generate])
@given(
    st.lists(
        st.builds(place, st.text(max_size=20), st.floats(-90, 90), st.floats(-180, 180)),
        min_size=1,
        max_size=8,
    )
)
def test_places_anywhere_can_be_drawn(places: list[Location]) -> None:
    assert opened(draw_map(places)).width == 1280


def test_500_places_are_drawn() -> None:
    random = Random(7)
    places = [
        place(f"Town {index}", random.uniform(40, 55), random.uniform(0, 30))
        for index in range(500)
    ]
    assert len(draw_map(places)) < MAX_BYTES * 1.2


def test_the_first_place_is_drawn_in_its_own_colour() -> None:
    image = opened(draw_map([KHERSON, KYIV])).convert("RGB")
    frame = choose_view([KHERSON, KYIV]).frame
    kherson, kyiv = (
        image.getpixel((round(x), round(y))) for x, y in frame.to_pixels(points_of([KHERSON, KYIV]))
    )
    assert kherson == pytest.approx(style.MAIN, abs=20)
    assert kyiv == pytest.approx(style.PLACE, abs=20)


def test_a_place_that_is_only_near_is_drawn_differently() -> None:
    exact = place("Podove", 46.2, 33.8)
    near = place("Podove", 46.2, 33.8, exact=False)
    assert draw_map([exact]) != draw_map([near])


def test_a_place_far_off_does_not_make_the_map_small() -> None:
    view = choose_view([KHERSON, KYIV, ROME])
    assert view.frame.width_km < 1_500
    assert view.far == (ROME,)


def test_a_country_of_the_story_does_not_decide_the_frame_of_towns() -> None:
    alone = choose_view([KHERSON, KYIV]).frame
    assert choose_view([KHERSON, KYIV, UKRAINE]).frame == alone


def test_a_country_alone_is_shown_whole() -> None:
    frame = choose_view([UKRAINE]).frame
    assert 1_000 < frame.width_km < 2_500


@pytest.mark.parametrize(
    "found",
    [
        Surroundings(towns=(Nearby("Mykolaiv", 46.97, 32.0),)),
        Surroundings(provinces=(Nearby("Odesa Oblast", 46.9, 31.2),)),
    ],
    ids=["town", "province"],
)
def test_towns_and_provinces_help_to_find_ones_way(found: Surroundings) -> None:
    assert draw_map([KHERSON], lambda window: found) != draw_map([KHERSON])


def test_a_place_of_the_story_is_not_shown_twice() -> None:
    again = Surroundings(towns=(Nearby("KHERSÓN", 46.7, 32.2),))
    assert draw_map([KHERSON], lambda window: again) == draw_map([KHERSON])


def test_a_map_of_half_the_earth_shows_no_other_towns() -> None:
    def find_surroundings(window: object) -> Surroundings:
        raise AssertionError("not asked")

    draw_map([place("Lisbon", 38.7, -9.1), place("Delhi", 28.6, 77.2)], find_surroundings)


def test_a_country_that_comes_first_is_shown_with_its_towns() -> None:
    vatican = place("Vatican City", 41.9, 12.45, kind="country", country="VA", salience=1.0)
    yerevan = place("Yerevan", 40.18, 44.51, country="AM", salience=0.2)
    view = choose_view([vatican, yerevan])
    assert view.frame.shows(points_of([vatican])).all()
    assert view.far == (yerevan,)
