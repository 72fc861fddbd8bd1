import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, EndPointNotFound

from bot.local_api import BASE_FILE_URL, BASE_URL, TOKEN, LocalBotApi
from bot.local_chats import LocalChat
from bot.local_events import MessageSent
from bot.local_markup import MarkupRefused, parse_markup
from bot.markup import utf16_units
from bot.render import render_digest
from support.bot import Chatting
from support.digests import flood_digest
from support.telegram_html import read_message


@pytest.fixture
def api() -> LocalBotApi:
    return LocalBotApi()


@pytest.fixture
def bot(api: LocalBotApi) -> Bot:
    return Bot(TOKEN, BASE_URL, BASE_FILE_URL, request=api, get_updates_request=api)


async def send(bot: Bot, text: str, **options: object) -> MessageSent:
    await bot.send_message(1, text, **options)  # type: ignore[arg-type]
    event = bot.request.events[-1]  # type: ignore[attr-defined]
    assert isinstance(event, MessageSent)
    return event


# Updates


async def test_updates_are_repeated_until_they_are_confirmed(api: LocalBotApi, bot: Bot) -> None:
    await api.write("one")
    await api.write("two")
    assert [u.update_id for u in await bot.get_updates()] == [1, 2]
    assert [u.update_id for u in await bot.get_updates(offset=2)] == [2]
    assert await bot.get_updates(offset=3) == ()


async def test_get_updates_waits_for_one(api: LocalBotApi, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=60))
    await asyncio.sleep(0)
    await api.write("here")
    (update,) = await waiting
    assert update.message is not None
    assert update.message.text == "here"


async def test_fetched_means_confirmed(api: LocalBotApi, bot: Bot) -> None:
    await api.write("one")
    fetched = asyncio.create_task(api.wait_until_fetched())
    await bot.get_updates()
    assert not fetched.done()
    await bot.get_updates(offset=2)
    await fetched


async def test_messages_of_people_have_commands_and_links_marked(
    api: LocalBotApi, bot: Bot
) -> None:
    await api.write("/digest@nutgraf_bot 😀 https://example.org/a?b=1. Not a/b or /, but www.x.org")
    (update,) = await bot.get_updates()
    assert update.message is not None
    marked = update.message.parse_entities()
    assert [(entity.type, words) for entity, words in marked.items()] == [
        ("bot_command", "/digest@nutgraf_bot"),
        ("url", "https://example.org/a?b=1"),
        ("url", "www.x.org"),
    ]


async def test_reply_brings_the_message_along(api: LocalBotApi, bot: Bot) -> None:
    first = await api.write("one")
    await api.write("two", reply_to=first)
    *_, update = await bot.get_updates()
    assert update.message is not None
    assert update.message.reply_to_message is not None
    assert update.message.reply_to_message.text == "one"


async def test_ids_count_up_over_both_sides(api: LocalBotApi, bot: Bot) -> None:
    assert await api.write("one") == 1
    assert (await send(bot, "two")).message_id == 2
    assert await api.write("three") == 3


async def test_ids_start_where_they_are_told_to() -> None:
    assert await LocalBotApi(first_message_id=500).write("one") == 500


# Files


async def test_file_is_downloaded_as_it_was_attached(api: LocalBotApi, bot: Bot) -> None:
    content = bytes(range(256))
    await api.attach(content, "a.txt")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == content


async def test_file_over_20_mb_is_refused(api: LocalBotApi, bot: Bot) -> None:
    await api.attach(bytes(20 * 1024 * 1024 + 1), "a.txt")
    with pytest.raises(BadRequest, match="File is too big"):
        await bot.get_file("file1")


async def test_unknown_file_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="file_id"):
        await bot.get_file("file1")


# Messages of the bot


async def test_message_is_returned_as_it_is_shown(bot: Bot) -> None:
    message = await bot.send_message(1, "a <b>b</b> &amp; 😀 <i>c</i>", parse_mode="HTML")
    assert message.text == "a b & 😀 c"
    assert list(message.parse_entities().values()) == ["b", "c"]


async def test_text_without_parse_mode_is_no_markup(bot: Bot) -> None:
    sent = await send(bot, "a <b>b &amp; c")
    assert (sent.text, sent.markup, sent.entities) == ("a <b>b &amp; c", None, ())


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "Message text is empty"),
        (" \n ", "Text must be non-empty"),
        ("x" * 4_097, "Message is too long"),
        ("😀" * 2_049, "Message is too long"),
        ("я" * 20_000, "Text is too long"),
    ],
)
async def test_length_is_checked(bot: Bot, text: str, refusal: str) -> None:
    with pytest.raises(BadRequest, match=refusal):
        await bot.send_message(1, text)


async def test_length_counts_after_parsing(bot: Bot) -> None:
    assert utf16_units((await send(bot, "<b>" + "&lt;" * 4_096 + "</b>", parse_mode="HTML")).text)
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(1, "<b></b>", parse_mode="HTML")


async def test_other_parse_modes_are_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Unsupported parse_mode"):
        await bot.send_message(1, "*a*", parse_mode="MarkdownV2")


async def test_unknown_chat_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(99, "a")


async def test_reply_to_nothing_is_refused_unless_allowed(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(1, "a", reply_parameters=ReplyParameters(77))
    lenient = ReplyParameters(77, allow_sending_without_reply=True)
    assert (await send(bot, "a", reply_parameters=lenient)).reply_to is None


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        (InlineKeyboardButton("a", callback_data="я" * 33), "Button_data_invalid"),
        (InlineKeyboardButton("", callback_data="x"), "must be non-empty"),
        (InlineKeyboardButton("a"), "text buttons are unallowed"),
    ],
)
async def test_buttons_are_checked(bot: Bot, button: InlineKeyboardButton, refusal: str) -> None:
    with pytest.raises(BadRequest, match=refusal):
        await bot.send_message(1, "a", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_too_many_buttons_are_refused(bot: Bot) -> None:
    rows = [[InlineKeyboardButton("a", callback_data="x")]] * 101
    with pytest.raises(BadRequest, match="Reply markup is too long"):
        await bot.send_message(1, "a", reply_markup=InlineKeyboardMarkup(rows))


async def test_press_is_answered_once(api: LocalBotApi, bot: Bot) -> None:
    sent = await send(bot, "a")
    query_id = await api.press("x", sent.message_id)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query_id, "x" * 201)
    await bot.answer_callback_query(query_id, "x" * 200)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query_id)


async def test_unknown_action_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="action"):
        await bot.send_chat_action(1, "juggling")


async def test_unknown_method_is_not_found(bot: Bot) -> None:
    async with bot:
        with pytest.raises(EndPointNotFound):
            await bot.do_api_request("makeCoffee")


async def test_whole_bot_opens_no_connection(
    chat: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    assert len(await chat.say("Snow fell.")) == 1
    assert len(await chat.say("/history", LocalChat(id=2, user_id=2))) == 1


# Markup


@pytest.mark.parametrize(
    ("html", "refusal"),
    [
        ("é<x>", 'Unsupported start tag "x" at byte offset 2'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a < b>", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a"'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=http://x>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<a ='x'>y</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<span class="x">y</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-time>y</tg-time>", 'Tag "tg-time" must have attribute "unix"'),
        ("<b class>a</b>", "Expected equal sign"),
        ("<b class", 'Unclosed start tag "b" at byte offset 0'),
    ],
)
def test_wrong_markup_is_refused(html: str, refusal: str) -> None:
    with pytest.raises(MarkupRefused) as caught:
        parse_markup(html)
    assert str(caught.value).startswith(refusal)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("&lt;&gt;&amp;&quot;", '<>&"'),
        ("&#8220;&#x201d;", "“”"),
        ("&laquo; & &nbsp; &#0; &#xD800;", "&laquo; & &nbsp; &#0; &#xD800;"),
        ("&lt x", "< x"),
        ("&ltx", "&ltx"),
        ("<B>a</b><i>b</>", "ab"),
        ("<span class='tg-spoiler'>a</span>", "a"),
        ("<blockquote expandable>a</blockquote>", "a"),
        ("a > b", "a > b"),
    ],
)
def test_markup_is_read(html: str, text: str) -> None:
    assert parse_markup(html)[0] == text


def test_entities_are_measured_in_utf16_and_ordered() -> None:
    html = '😀<b>a<i>b</i></b><a href="https://x.org/?a=1&amp;b=2">c</a>'
    _, entities = parse_markup(html)
    assert [(e.type, e.offset, e.length, e.value) for e in entities] == [
        ("bold", 2, 2, ""),
        ("italic", 3, 1, ""),
        ("text_link", 4, 1, "https://x.org/?a=1&b=2"),
    ]


def test_link_to_a_host_without_a_dot_is_lost() -> None:
    assert parse_markup('<a href="http://localhost/a">b</a>') == ("b", ())


def test_digest_reads_the_same_to_both_strict_readers() -> None:
    html = render_digest(flood_digest())
    text, entities = parse_markup(html)
    assert text == read_message(html).text
    assert len(entities) == len(read_message(html).entities)


@given(st.text(st.sampled_from("<>/&;=\"' abi#x1\n😀")))
def test_any_markup_is_read_or_refused(html: str) -> None:
    try:
        text, entities = parse_markup(html)
    except MarkupRefused:
        return
    for entity in entities:
        assert 0 <= entity.offset < entity.offset + entity.length <= utf16_units(text)
