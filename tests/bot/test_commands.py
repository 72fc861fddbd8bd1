import pytest

from bot import texts
from bot.commands import EXAMPLE_DATA, example_text
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_checks import Button
from support.bot import GROUP, Chatting
from support.digests import FLOOD
from support.telegram_html import check_limits, read_message

LONG = FLOOD + "word " * 120


@pytest.mark.parametrize("place", [PRIVATE_CHAT, GROUP])
async def test_start_is_one_message_with_an_example_to_try(
    chat: Chatting, place: LocalChat
) -> None:
    (answer,) = await chat.say("/start", place)
    assert answer.text == texts.START
    assert answer.keyboard == ((Button(texts.TRY_EXAMPLE, EXAMPLE_DATA),),)


async def test_start_with_a_deep_link_is_the_same(chat: Chatting) -> None:
    (answer,) = await chat.say("/start f_topic")
    assert answer.text == texts.START


async def test_example_is_digested_under_the_button(chat: Chatting) -> None:
    (start,) = await chat.say("/start")
    (digest,), toasts = await chat.press(EXAMPLE_DATA, start.message_id)
    assert [toast.text for toast in toasts] == [""]
    assert digest.reply_to == start.message_id
    assert digest.markup is not None
    check_limits(read_message(digest.markup))
    assert [article.text for article in chat.digester.articles] == [example_text()]


async def test_example_is_computed_once(chat: Chatting) -> None:
    (start,) = await chat.say("/start")
    for _ in range(3):
        sent, _toasts = await chat.press(EXAMPLE_DATA, start.message_id)
        assert len(sent) == 1
    assert len(chat.digester.articles) == 1


async def test_press_is_answered_before_the_digest(chat: Chatting) -> None:
    (start,) = await chat.say("/start")
    await chat.press(EXAMPLE_DATA, start.message_id)
    methods = [name for name, _ in chat.api.calls if name in ("answerCallbackQuery", "sendMessage")]
    assert methods == ["sendMessage", "answerCallbackQuery", "sendMessage"]


@pytest.mark.parametrize(
    "data", ["", "1:", "1:exx", "0:ex", "1:ex\n", "9:zz:1", "я" * 32, "x" * 64]
)
async def test_unknown_button_is_called_out_of_date(chat: Chatting, data: str) -> None:
    (start,) = await chat.say("/start")
    sent, toasts = await chat.press(data, start.message_id)
    assert sent == []
    assert [toast.text for toast in toasts] == [texts.BUTTON_OUT_OF_DATE]


async def test_example_can_be_tried_under_a_message_too_old_to_be_read(chat: Chatting) -> None:
    (start,) = await chat.say("/start")
    chat.api.forget_message(start.message_id)
    sent, toasts = await chat.press(EXAMPLE_DATA, start.message_id)
    assert len(sent) == len(toasts) == 1


async def test_late_press_is_no_failure_for_the_person(chat: Chatting) -> None:
    (start,) = await chat.say("/start")
    chat.api.refuse(
        "answerCallbackQuery",
        "query is too old and response timeout expired or query ID is invalid",
    )
    (digest,), _ = await chat.press(EXAMPLE_DATA, start.message_id)
    assert digest.reply_to == start.message_id
    assert "Something broke" not in digest.text


async def test_help_names_the_commands_that_are_answered(chat: Chatting) -> None:
    (answer,) = await chat.say("/help")
    assert answer.text == texts.HELP
    named = [word for word in answer.text.split() if word.startswith("/")]
    for command in set(named):
        (reply,) = await chat.say(command)
        assert reply.text != texts.UNKNOWN_COMMAND


async def test_unknown_command_gets_a_hint_in_private_only(chat: Chatting) -> None:
    (answer,) = await chat.say("/weather today")
    assert answer.text == texts.UNKNOWN_COMMAND
    (answer,) = await chat.say("/help@other_bot")
    assert answer.text == texts.UNKNOWN_COMMAND
    assert await chat.say("/weather", GROUP) == []


async def test_command_named_in_a_text_is_text(chat: Chatting) -> None:
    await chat.say("Reply with /digest to a message.")
    assert len(chat.digester.articles) == 1
