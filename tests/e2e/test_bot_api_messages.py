"""The fake Bot API server: what it takes from a bot, what it refuses and in which words."""

from collections.abc import AsyncIterator

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
)

from support.bot_api import (
    BotApiServer,
)
from support.bot_api.chats import cut_as_clients_do
from support.ptb import ptb_bot


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with ptb_bot(server) as started:
        yield started


# Messages


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("é<i>x</b>", 'Unmatched end tag at byte offset 6, expected "</i>", found "</b>"'),
    ],
)
async def test_wrong_markup_is_refused(
    server: BotApiServer, bot: Bot, html: str, words: str
) -> None:
    with pytest.raises(BadRequest) as refusal:
        await bot.send_message(server.user(1).id, html, parse_mode="HTML")
    assert str(refusal.value).lower() == f"can't parse entities: {words}".lower()
    assert server.sent() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "text is empty"),
        (" \n", "non-empty"),
        ("😀" * 2_049, "too long"),
        ("x" * 40_000, "too"),
    ],
)
async def test_text_has_limits(server: BotApiServer, bot: Bot, text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.send_message(server.user(1).id, text)


async def test_entities_beyond_the_hundredth_are_noted(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    await bot.send_message(chat.id, "<b>x</b> " * 101, parse_mode="HTML")
    assert len(chat.sent[0].entities) == 100
    assert server.violations == ["101 entities: the last ones are not shown"]


@pytest.mark.parametrize(
    ("button", "words"),
    [
        (InlineKeyboardButton("x", callback_data="é" * 33), "button_data_invalid"),
        (InlineKeyboardButton("x"), "text buttons are unallowed"),
        (InlineKeyboardButton("x", url="http://localhost/a"), "wrong http url"),
    ],
)
async def test_wrong_buttons_are_refused(
    server: BotApiServer, bot: Bot, button: InlineKeyboardButton, words: str
) -> None:
    keyboard = InlineKeyboardMarkup([[button]])
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(server.user(1).id, "x", reply_markup=keyboard)


async def test_keyboard_has_limits(server: BotApiServer, bot: Bot) -> None:
    row = [InlineKeyboardButton("x" * 90, callback_data="y")] * 101
    for count in (101, 100):  # too many buttons, too many bytes
        with pytest.raises(BadRequest, match="markup is too long"):
            await bot.send_message(
                server.user(1).id, "x", reply_markup=InlineKeyboardMarkup([row[:count]])
            )


async def test_reply_needs_its_message_unless_it_may_go_without(
    server: BotApiServer, bot: Bot
) -> None:
    chat = server.user(1)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(chat.id, "x", reply_to_message_id=77)
    reply = ReplyParameters(77, allow_sending_without_reply=True)
    await bot.send_message(chat.id, "x", reply_parameters=reply)
    assert chat.sent[0].reply_to is None


async def test_threads_are_those_of_the_forum(server: BotApiServer, bot: Bot) -> None:
    forum = server.group(-1_002, forum=True)
    thread_id = forum.topic("Desk")
    await bot.send_message(forum.id, "x", message_thread_id=thread_id)
    await bot.send_chat_action(forum.id, "typing", message_thread_id=thread_id)
    assert forum.sent[0].thread_id == thread_id
    for wrong in (1, 99):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=wrong)
    forum.close_topic(thread_id)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(forum.id, "x", message_thread_id=thread_id)


async def test_chats_that_cannot_be_written_to(server: BotApiServer, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "x")
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(server.user(6, started=False).id, "x")
    blocked = server.user(7)
    blocked.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(blocked.id, "x")
    blocked.unblock()
    await bot.send_message(blocked.id, "x")
    group = server.group(-5, kind="group")
    group.migrate(-1_005)
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(group.id, "x")
    assert migrated.value.new_chat_id == -1_005


async def test_edits_and_deletions(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    message = await bot.send_message(chat.id, "<i>x</i>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await message.edit_text("<i>x</i>", parse_mode="HTML")
    await message.edit_text("y")
    assert (chat.sent[0].text, chat.sent[0].edits) == ("y", 1)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("y", chat.id, chat.send_text("mine"))
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", chat.id, 900)
    await message.delete()
    assert chat.sent == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await message.delete()


async def test_presses_can_be_answered_once_and_in_time(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Go", callback_data="1:go")]])
    await bot.send_message(chat.id, "x", reply_markup=keyboard)
    query_id = chat.press(chat.sent[0], "1:go")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(query_id, "x" * 201)
    assert server.toast(query_id) is None
    await bot.answer_callback_query(query_id, "done")
    assert server.toast(query_id) == "done"
    for late in (query_id, chat.press(chat.sent[0], "Go", expired=True)):
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(late)


# Files, commands, members


async def test_files_go_both_ways(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    chat.send_document(b"caf\xe9\r\n--", "a.txt")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == b"caf\xe9\r\n--"
    await bot.send_document(chat.id, b"\r\n\x00--", filename="b.bin", caption="<b>c</b>")
    await bot.send_document(chat.id, b"x", filename="c.bin", caption="<b>c</b>", parse_mode="HTML")
    first, second = chat.sent
    assert (first.file, first.file_name, first.text) == (b"\r\n\x00--", "b.bin", "<b>c</b>")
    assert second.formatted("bold") == ["c"]
    assert server.violations == []


async def test_files_beyond_20_mb_are_not_given_out(server: BotApiServer, bot: Bot) -> None:
    server.user(1).send_document(bytes(20 * 1024 * 1024 + 1), "big.txt")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.document.get_file()


async def test_commands_are_kept_by_scope(server: BotApiServer, bot: Bot) -> None:
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("help", "What I do")], scope=scope)
    assert [command.command for command in await bot.get_my_commands(scope)] == ["help"]
    assert await bot.get_my_commands() == ()
    assert server.commands({"type": "all_private_chats"}) == ["help"]
    await bot.delete_my_commands(scope)
    assert server.commands({"type": "all_private_chats"}) == []
    for name in ("Help", "x" * 33):
        with pytest.raises(BadRequest):
            await bot.set_my_commands([(name, "What I do")])


async def test_members_have_a_status(server: BotApiServer, bot: Bot) -> None:
    group = server.group(-1_003, members={1: "creator", 2: "administrator", 3: "member"})
    assert [(await bot.get_chat_member(group.id, n)).status for n in (1, 3, 9)] == [
        "creator",
        "member",
        "left",
    ]
    assert [m.user.id for m in await bot.get_chat_administrators(group.id)] == [1, 2]
    assert (await bot.get_chat(group.id)).title == "Newsroom"
    assert await bot.get_chat_member_count(group.id) == 4
    assert server.violations == []


async def test_other_methods_of_the_api_are_answered_when_they_return_true(
    server: BotApiServer, bot: Bot
) -> None:
    message = await bot.send_message(server.user(1).id, "x")
    assert await message.set_reaction("👍")
    assert await bot.set_my_description("Reads the news")
    assert server.violations == []
    with pytest.raises(BadRequest, match=r"(?i)not part of this fake"):
        await bot.get_my_description()


def test_long_pastes_are_cut_as_clients_cut_them() -> None:
    words = "word " * 1_000
    first, second = cut_as_clients_do(words)
    assert 4_000 < len(first) <= 4_096
    assert f"{first} {second}" == words.strip()
    assert [len(part) for part in cut_as_clients_do("x" * 5_000)] == [4_096, 904]
    assert len(cut_as_clients_do("😀" * 2_049)) == 2
