import asyncio
import json

import pytest
from telegram.error import Conflict, NetworkError, RetryAfter, TelegramError

from bot import polling
from bot.polling import CONFLICTS_WITHIN_S, MAX_CONFLICTS, AskingRequest, Trouble, word_trouble
from support.bot import Chatting


@pytest.fixture
def trouble(chat: Chatting) -> Trouble:
    return Trouble(chat.life)


async def test_another_program_that_takes_turns_ends_this_one(
    chat: Chatting, trouble: Trouble
) -> None:
    for count in range(MAX_CONFLICTS):
        assert not trouble.conflict.is_set(), count
        chat.life.inbox.fetched += 1  # in between, this one fetches too
        trouble.note(Conflict("terminated by other getUpdates request"))
    assert trouble.conflict.is_set()


async def test_conflicts_now_and_then_end_nothing(
    trouble: Trouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    start, elapsed = loop.time(), 0.0
    monkeypatch.setattr(loop, "time", lambda: start + elapsed)
    for _ in range(3 * MAX_CONFLICTS):
        elapsed += CONFLICTS_WITHIN_S / (MAX_CONFLICTS - 2)
        trouble.note(Conflict("terminated by other getUpdates request"))
        trouble.note(NetworkError("Bad Gateway"))
    assert not trouble.conflict.is_set()


async def test_trouble_is_told_once_until_fetching_works_again(
    chat: Chatting, trouble: Trouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", polling.__name__)
    for _ in range(3):
        trouble.note(NetworkError("Bad Gateway"))
    assert len(caplog.records) == 1
    chat.life.inbox.fetched += 1
    trouble.note(NetworkError("Bad Gateway"))
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    "error", [Conflict("x"), RetryAfter(3), NetworkError("x"), TelegramError("x 1:secret")]
)
def test_trouble_has_words_without_those_of_the_server(error: TelegramError) -> None:
    words = word_trouble(error)
    assert words.endswith("trying again.")
    assert "secret" not in words


def test_of_a_sent_message_only_its_identity_is_read() -> None:
    sent = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "Much."}
    payload = json.dumps({"ok": True, "result": {**sent, "reply_to_message": sent}}).encode()
    parsed = AskingRequest.parse_json_payload(payload)
    assert parsed == {
        "ok": True,
        "result": {key: sent[key] for key in ("message_id", "date", "chat")},
    }


@pytest.mark.parametrize("result", [True, [], {"id": 5, "is_bot": True}, {"file_id": "f"}])
def test_other_answers_are_left_as_they_are(result: object) -> None:
    payload = json.dumps({"ok": True, "result": result}).encode()
    assert AskingRequest.parse_json_payload(payload)["result"] == result
