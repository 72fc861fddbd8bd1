"""Links in the chat, from the message that holds them to the digest of the page."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.local_api import MessageSent
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.pastes import PasteRules
from fetcher.errors import (
    BadStatus,
    BlockedAddress,
    FetchError,
    NotAnArticle,
    TooLarge,
    Unreachable,
    UnsupportedType,
)
from storage.database import Database
from support.bot import GROUP, NOW, Chatting, chatting
from support.digests import FLOOD
from support.telegram_html import check_limits, read_message

LINK = "https://a.example/flood"
OTHER = "https://b.example/flood"
LONG = "word " * 130


@pytest.fixture(autouse=True)
def pages(request: pytest.FixtureRequest) -> None:
    """Two pages with one text each."""
    if "chat" in request.fixturenames:
        chat: Chatting = request.getfixturevalue("chat")
        chat.fetcher.put(LINK, FLOOD)
        chat.fetcher.put(OTHER, FLOOD + "\n\nAnd more of it.")


def buttons(message: MessageSent) -> list[str]:
    return [button.data or "" for row in message.keyboard for button in row]


async def test_link_is_answered_by_the_digest_of_its_page(chat: Chatting) -> None:
    shared = f"{LINK}?utm_source=x#comments"
    chat.fetcher.put(shared, FLOOD)
    (digest,) = await chat.say(shared)
    assert digest.reply_to == 1
    assert digest.text.startswith("Page\n")
    assert f'<b><a href="{LINK}">Page</a></b>' in (digest.markup or "")
    assert digest.preview
    assert "already short" not in digest.text
    check_limits(read_message(digest.markup or ""))


async def test_typing_is_shown_while_a_page_is_fetched(chat: Chatting) -> None:
    shown = asyncio.Event()
    chat.api.on_event = lambda event: shown.set()
    chat.fetcher.gate = asyncio.Event()
    await chat.api.write(LINK)
    await shown.wait()
    assert [action.action for action in chat.actions()] == ["typing"]
    chat.fetcher.gate.set()
    assert len(await chat.answers()) == 1


async def test_five_links_are_answered_by_a_digest_each(chat: Chatting) -> None:
    links = [f"https://a.example/{n}" for n in range(6)]
    for link in links:
        chat.fetcher.put(link, f"Text of {link}.")
    answers = await chat.say(f"Look: {' '.join(links)} {links[0]}")
    notice, *digests = sorted(answers, key=lambda a: a.text != texts.only_first_links(5))
    assert notice.text == texts.only_first_links(5)
    assert [digest.reply_to for digest in digests] == [1] * 5
    assert chat.fetcher.asked == links[:5]


async def test_text_of_many_words_is_digested_itself(chat: Chatting) -> None:
    await chat.say(LONG + LINK)
    assert chat.fetcher.asked == []
    assert [article.text for article in chat.digester.articles] == [LONG + LINK]


async def test_caption_with_a_link_counts(chat: Chatting) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    entities = [{"type": "url", "offset": 4, "length": len(LINK)}]
    message = {"message_id": 900, "date": 1, "chat": PRIVATE_CHAT.to_dict(), "photo": photo}
    await chat.receive(message=message | {"caption": f"See {LINK}", "caption_entities": entities})
    assert chat.fetcher.asked == [LINK]


@pytest.mark.parametrize("place", [PRIVATE_CHAT, GROUP])
async def test_command_takes_a_link(chat: Chatting, place: LocalChat) -> None:
    (digest,) = await chat.say(f"/digest {LINK}", place)
    assert digest.text.startswith("Page\n")
    assert digest.reply_to == 1


async def test_command_takes_the_links_of_the_message_it_replies_to(chat: Chatting) -> None:
    message = await chat.api.write(f"Seen this? {LINK} {OTHER}", GROUP)
    digests = await chat.say("/digest", GROUP, reply_to=message)
    assert [digest.reply_to for digest in digests] == [message] * 2
    assert chat.fetcher.asked == [LINK, OTHER]


async def test_links_into_telegram_are_refused_plainly(chat: Chatting) -> None:
    (answer,) = await chat.say("https://t.me/c/1/2")
    assert answer.text == texts.failure_text("links_into_telegram")
    await chat.say(f"https://t.me/news/2 {LINK}")
    assert chat.fetcher.asked == [LINK]


# The same link again


async def test_same_link_is_answered_by_a_reply_to_its_digest(chat: Chatting) -> None:
    (digest,) = await chat.say(LINK)
    (again,) = await chat.say(f"{LINK}?fbclid=x")
    assert (again.text, again.reply_to) == (texts.DIGESTED_ABOVE, digest.message_id)
    assert chat.fetcher.asked == [LINK]


async def test_full_digest_comes_again_where_the_earlier_message_is_gone(chat: Chatting) -> None:
    (digest,) = await chat.say(LINK)
    chat.api.refuse("sendMessage", "message to be replied not found")
    (again,) = await chat.say(LINK)
    assert (again.text, again.reply_to, again.preview) == (digest.text, 3, True)


async def test_same_link_in_a_supergroup_is_answered_by_a_link(chat: Chatting) -> None:
    place = LocalChat(id=-1_001_234_567_890, type="supergroup", user_id=7)
    (digest,) = await chat.say(f"/digest {LINK}", place)
    (again,) = await chat.say(f"/digest {LINK}", place)
    assert again.reply_to == 3
    assert f'"https://t.me/c/1234567890/{digest.message_id}"' in (again.markup or "")


async def test_another_link_to_the_same_page_counts_as_the_same(chat: Chatting) -> None:
    chat.fetcher.put("https://s.example/1", FLOOD, moved_to=LINK)
    (digest,) = await chat.say(LINK)
    (again,) = await chat.say("https://s.example/1")
    assert (again.text, again.reply_to) == (texts.DIGESTED_ABOVE, digest.message_id)


async def test_other_chats_know_nothing_of_it(chat: Chatting) -> None:
    await chat.say(LINK)
    (digest,) = await chat.say(LINK, LocalChat(id=2, user_id=2))
    assert digest.text.startswith("Page\n")
    assert chat.fetcher.asked == [LINK, LINK]


async def test_a_copy_elsewhere_has_no_part_in_the_digest_of_the_original(chat: Chatting) -> None:
    chat.fetcher.put("https://evil.example/copy", FLOOD)
    await chat.say("https://evil.example/copy", LocalChat(id=2, user_id=2))
    (digest,) = await chat.say(LINK)
    assert f'<a href="{LINK}">Page</a>' in (digest.markup or "")
    assert "evil" not in (digest.markup or "")


async def test_after_a_day_the_digest_comes_again(database: Database) -> None:
    now = [NOW]
    async with chatting(database) as chat:
        services = replace(chat.services, now=lambda: now[0])
    async with chatting(database, services=services) as chat:
        chat.fetcher.put(LINK, FLOOD)
        (first,) = await chat.say(LINK)
        now[0] += timedelta(hours=23)
        (pointer,) = await chat.say(LINK)
        now[0] += timedelta(hours=2)
        (again,) = await chat.say(LINK)
    assert pointer.text == texts.DIGESTED_ABOVE
    assert again.text == first.text


# What goes wrong


@pytest.mark.parametrize(
    ("error", "words", "retryable"),
    [
        (Unreachable(LINK, "timeout"), "a.example did not answer in time.", True),
        (Unreachable(LINK, "no_such_host"), "a.example was not found.", True),
        (Unreachable(LINK, "tls"), "a.example has no valid certificate", True),
        (BadStatus(LINK, 404), "There is no such page at a.example (HTTP 404).", False),
        (BadStatus(LINK, 403), "a.example does not let me read", False),
        (BadStatus(LINK, 500), "a.example answered with an error (HTTP 500).", True),
        (BadStatus(LINK, 429, 120.0), "a.example asks me to wait 2 minutes", True),
        (BlockedAddress(LINK, "private"), "I do not open addresses inside private", False),
        (BlockedAddress(LINK, "port"), "I open links only at the usual ports", False),
        (BlockedAddress(LINK, "credentials"), "I do not open links that hold a name", False),
        (TooLarge(LINK, None, 5_000_000), "That page is too large. I read up to 5 MB.", False),
        (UnsupportedType(LINK, "image/png"), "I read text", False),
        (NotAnArticle(LINK), "I found no article text on that page.", False),
        (NotAnArticle(LINK, "paywall"), "a.example shows that page only to subscribers.", False),
        (NotAnArticle(LINK, "javascript"), "a.example builds that page by a program", False),
    ],
)
async def test_failure_says_what_happened_and_what_to_do(
    chat: Chatting, error: FetchError, words: str, retryable: bool
) -> None:
    chat.fetcher.pages[LINK] = error
    (answer,) = await chat.say(LINK)
    assert answer.text.startswith(words)
    assert any(advice in answer.text for advice in ("aste the text", "Check", "open")), answer.text
    assert bool(buttons(answer)) is retryable
    assert answer.reply_to == 1


async def test_press_of_try_again_tries_again(chat: Chatting) -> None:
    chat.fetcher.pages[LINK] = Unreachable(LINK, "timeout")
    (failure,) = await chat.say(LINK)
    (data,) = buttons(failure)
    (second,), _ = await chat.press(data, failure.message_id)
    assert second.text == failure.text
    chat.fetcher.put(LINK, FLOOD)
    (data,) = buttons(second)
    (digest,), (toast,) = await chat.press(data, second.message_id)
    assert digest.text.startswith("Page\n")
    assert digest.reply_to == 1
    assert toast.text == texts.TRYING_AGAIN


async def test_a_press_works_once_and_in_its_own_chat(chat: Chatting) -> None:
    chat.fetcher.pages[LINK] = Unreachable(LINK, "timeout")
    (failure,) = await chat.say(LINK)
    (data,) = buttons(failure)
    other = LocalChat(id=2, user_id=2)
    (greeting,) = await chat.say("/start", other)
    sent, (toast,) = await chat.press(data, greeting.message_id, other)
    assert (sent, toast.text) == ([], texts.BUTTON_OUT_OF_DATE)
    await chat.press(data, failure.message_id)
    sent, (toast,) = await chat.press(data, failure.message_id)
    assert (sent, toast.text) == ([], texts.BUTTON_OUT_OF_DATE)
    assert len(chat.fetcher.asked) == 2


async def test_a_try_counts_as_a_digest(database: Database) -> None:
    async with chatting(database) as chat:
        services = replace(chat.services, digests_per_hour=2)
    async with chatting(database, services=services) as chat:
        (failure,) = await chat.say(LINK)
        (second,), _ = await chat.press(buttons(failure)[0], failure.message_id)
        sent, (toast,) = await chat.press(buttons(second)[0], second.message_id)
    assert sent == []
    assert "2" in toast.text


async def test_of_many_links_those_within_the_limit_are_read(database: Database) -> None:
    async with chatting(database) as chat:
        services = replace(chat.services, digests_per_hour=2)
    async with chatting(database, services=services) as chat:
        for n in range(3):
            chat.fetcher.put(f"https://a.example/{n}", f"Text {n}.")
        await chat.say(" ".join(f"https://a.example/{n}" for n in range(3)))
        assert len(chat.fetcher.asked) == 2
        (refusal,) = await chat.say(LINK)
    assert refusal.text.startswith(texts.digest_limit(2))


async def test_a_page_that_shows_only_a_part_is_said_to(chat: Chatting) -> None:
    chat.digester.obstacle = "paywall"
    (digest,) = await chat.say(LINK)
    assert digest.text.startswith("Page\n")
    assert digest.text.endswith(texts.only_preview(LINK, len(FLOOD.split())))


async def test_a_page_that_is_too_long_to_be_read_to_its_end_is_said_to_be(chat: Chatting) -> None:
    chat.digester.is_cut = True
    (digest,) = await chat.say(LINK)
    assert digest.text.endswith(texts.ONLY_PAGE_BEGINNING)


async def test_slow_sites_hold_up_no_other_chat(chat: Chatting) -> None:
    chat.fetcher.gate = asyncio.Event()
    for person in range(10, 20):
        await chat.api.write(LINK, LocalChat(id=person, user_id=person))
    seen = asyncio.Event()
    chat.api.on_event = lambda e: seen.set() if isinstance(e, MessageSent) else None
    await chat.api.write(LONG, LocalChat(id=2, user_id=2))
    async with asyncio.timeout(60):
        await seen.wait()
    chat.fetcher.gate.set()
    assert len(await chat.answers()) == 11


# Pastes


async def test_end_of_a_paste_may_hold_a_link(database: Database) -> None:
    first = "A sentence of the paste. " * 160
    async with chatting(database) as chat:
        waiting = replace(chat.services, paste_rules=PasteRules(60_000, 2_000))
    async with chatting(database, services=waiting) as chat:
        await chat.api.write(first)
        (digest,) = await chat.say(f"The last words. {LINK}")
        assert chat.fetcher.asked == []
        await chat.say(f"Read this: {LINK}")
        assert chat.fetcher.asked == [LINK]
    assert digest.reply_to == 1
