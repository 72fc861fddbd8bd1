from hypothesis import example, given
from hypothesis import strategies as st

from bot.buttons import (
    MAX_PINS,
    Press,
    button_data,
    digest_keyboard,
    pins_keyboard,
    read_press,
)
from summarizer.models import Article, Digest, Location, Span


def make_place(name: str, *, latitude: float = 60.4) -> Location:
    return Location(name, "city", "NO", latitude, 5.3, None, True, 1.0, (Span(0, 6),))


def digest_of(*places: Location) -> Digest:
    return Digest(Article("Bergen"), "fake/1", locations=places)


@given(st.sampled_from(["mp", "pin"]), st.integers(0, 2**53), st.integers(0, 999))
def test_data_says_what_was_pressed(verb: str, digest_id: int, number: int) -> None:
    data = button_data(Press(verb, digest_id, number))
    assert read_press(data) == Press(verb, digest_id, number)
    assert len(data.encode()) <= 64


@given(st.text(max_size=64))
@example("1:mp:")
@example("1:mp:zzzzzzzzzzzzzzzzzzzz")
@example("2:mp:1")
@example("1:mp:1:2:3")
@example("1:mp:1\n")
def test_any_data_is_read_or_refused(data: str) -> None:
    press = read_press(data)
    assert press is None or button_data(press).startswith("1:")


def test_no_data_is_no_press() -> None:
    assert read_press(None) is None


def test_a_digest_without_places_has_no_buttons() -> None:
    assert digest_keyboard(digest_of(), 7) is None
    assert digest_keyboard(digest_of(make_place("Nowhere", latitude=float("nan"))), 7) is None


def test_pins_have_names_and_are_counted() -> None:
    keyboard = pins_keyboard(digest_of(make_place("Bergen"), make_place("\u202e")), 7)
    ((first, second),) = keyboard.inline_keyboard
    assert (first.text, second.text) == ("Bergen", "Place")
    assert read_press(str(second.callback_data)) == Press("pin", 7, 2)


def test_there_are_not_too_many_pins() -> None:
    keyboard = pins_keyboard(digest_of(*[make_place("x" * 300)] * 30), 7)
    buttons = [button for row in keyboard.inline_keyboard for button in row]
    assert len(buttons) == MAX_PINS
    assert all(len(button.text) <= 41 for button in buttons)
