"""Chats that move, close and ask for all that is kept of them."""

import json

import pytest

from bot import texts
from support.live import Live, digests_of
from support.news import news_article


@pytest.mark.parametrize("tells", [True, False], ids=["service message", "refusal only"])
async def test_digest_follows_its_group_and_comes_once(live: Live, tells: bool) -> None:
    group = live.group(kind="group")
    group.send_text(f"/digest {news_article(live.number())}", by=7)
    moved = group.migrate(-1_009_000_000 - live.number(), tells=tells)
    (digest,) = await live.digests(moved)
    assert digest.reply_to is None
    assert group.sent == []
    moved.send_text("/history", by=7)
    *_, history = await live.answers(moved, 2)
    assert history.text.startswith(texts.HISTORY_TITLE)
    assert len(digests_of(moved)) == 1


async def test_closed_topic_waits_and_others_do_not(live: Live) -> None:
    forum = live.group(forum=True)
    closed, other = forum.topic("Desk"), forum.topic("Sports")
    forum.close_topic(closed)
    forum.send_text("/help", by=7, thread_id=closed)
    await live.server.wait_for(lambda s: s.calls("sendMessage", forum), what="first try")
    forum.send_text("/help", by=7, thread_id=other)
    (answer,) = await live.answers(forum)
    assert answer.thread_id == other


async def test_export_is_a_file_that_telegram_takes(live: Live) -> None:
    chat, article = live.user(), news_article(live.number())
    chat.send_text(article)
    await live.digests(chat)
    chat.send_text("/export")
    *_, document = await live.answers(chat, 2)
    assert document.file_name.endswith(".json")
    (digest,) = json.loads(document.file)["digests"]
    assert digest["text"] == article
    assert digest["speakers"]
