from datetime import UTC, datetime

from bot import texts
from bot.history import SHOWN_ITEMS, render_history
from bot.local_markup import parse_markup
from bot.markup import utf16_units
from storage.history import HistoryItem
from support.bot import GROUP, Chatting

TIME_TAG = '<tg-time unix="1933398300" format="Dt">'


def make_item(headline: str, source: str | None = None) -> HistoryItem:
    asked = datetime(2031, 4, 8, 7, 5, tzinfo=UTC)
    return HistoryItem(1, 1, headline, source, None, 2, asked)


async def test_empty_history_says_so(chat: Chatting) -> None:
    (answer,) = await chat.say("/history")
    assert answer.text == texts.HISTORY_EMPTY


async def test_history_lists_newest_first_with_times(chat: Chatting) -> None:
    await chat.say("Rain fell on Brăila.")
    await chat.say("Snow fell on Tulcea.")
    (answer,) = await chat.say("/history")
    assert answer.text == (
        f"{texts.HISTORY_TITLE}\n\n"
        "Snow fell on Tulcea.\n18 April 2031, 09:30 UTC\n\n"
        "Rain fell on Brăila.\n18 April 2031, 09:30 UTC"
    )


async def test_history_holds_the_last_ten(chat: Chatting) -> None:
    for number in range(SHOWN_ITEMS + 2):
        await chat.say(f"Rain fell for {number} days.")
    (answer,) = await chat.say("/history")
    assert answer.text.count("Rain fell") == SHOWN_ITEMS
    assert "for 11 days" in answer.text
    assert "for 1 days" not in answer.text


async def test_text_asked_for_twice_is_listed_once(chat: Chatting) -> None:
    for _ in range(2):
        await chat.say("Rain fell on Brăila.")
    (answer,) = await chat.say("/history")
    assert answer.text.count("Rain fell") == 1


async def test_refused_text_is_not_in_the_history(chat: Chatting) -> None:
    await chat.say("…")
    (answer,) = await chat.say("/history")
    assert answer.text == texts.HISTORY_EMPTY


async def test_history_of_a_group_is_its_own(chat: Chatting) -> None:
    await chat.say("Rain fell on Brăila.")
    (answer,) = await chat.say("/history", GROUP)
    assert answer.text == texts.HISTORY_EMPTY


def test_time_is_given_for_the_zone_of_the_reader_and_in_utc() -> None:
    html = render_history((make_item("Rain", "Delta Courier"),))
    assert html.splitlines()[2:] == [
        "Rain",
        f"Delta Courier · {TIME_TAG}8 April 2031, 07:05 UTC</tg-time>",
    ]


def test_ten_endless_headlines_fit_into_a_message() -> None:
    html = render_history((make_item("<&>😀" * 75, "&" * 300),) * SHOWN_ITEMS)
    text, entities = parse_markup(html)
    assert utf16_units(text) <= 4_096
    assert len(entities) <= 100
