import pytest

from bot.local_checks import (
    RequestRefused,
    check_caption,
    check_keyboard,
    check_text,
    count_entities,
)
from bot.local_markup import Entity


def keyboard(*buttons: dict[str, str]) -> dict[str, list[list[dict[str, str]]]]:
    return {"inline_keyboard": [list(buttons)]}


def test_caption_may_be_empty_and_is_shorter_than_a_text() -> None:
    assert check_caption({}) == ("", ())
    marked = {"caption": "<b>x</b>" * 1_024, "parse_mode": "HTML"}
    assert check_caption(marked)[0] == "x" * 1_024
    with pytest.raises(RequestRefused, match="message caption is too long"):
        check_caption({"caption": "x" * 1_025})


def test_entities_may_be_given_instead_of_markup() -> None:
    given = {"type": "text_link", "offset": 0, "length": 1, "url": "https://example.org/"}
    text, entities = check_text({"text": "<x", "entities": [given]})
    assert (text, entities) == ("<x", (Entity("text_link", 0, 1, "https://example.org/"),))
    assert [entity.to_dict() for entity in entities] == [given]


def test_entities_that_are_too_many_are_counted_but_not_kept() -> None:
    parameters = {"text": "<b>x</b> " * 120, "parse_mode": "HTML"}
    assert count_entities(parameters, "text") == 120
    assert len(check_text(parameters)[1]) == 100


def test_big_keyboard_is_refused() -> None:
    button = {"text": "x" * 120, "callback_data": "1:x"}
    assert len(check_keyboard(keyboard(*[button] * 60))[0]) == 60
    with pytest.raises(RequestRefused, match="reply markup is too long"):
        check_keyboard(keyboard(*[button] * 90))


@pytest.mark.parametrize("url", ["http://localhost/", "javascript:alert(1)", "https://a b.org"])
def test_button_must_lead_to_a_host_with_a_dot(url: str) -> None:
    with pytest.raises(RequestRefused, match="Wrong HTTP URL"):
        check_keyboard(keyboard({"text": "x", "url": url}))


def test_button_may_lead_into_telegram() -> None:
    ((button,),) = check_keyboard(keyboard({"text": "x", "url": "tg://user?id=1"}))
    assert button.url == "tg://user?id=1"
