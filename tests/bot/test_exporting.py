import asyncio
import gzip
import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot import export, exporting, texts
from bot.cli import main
from bot.exits import EXIT_REFUSED
from bot.export import FORMAT, make_file
from bot.forgetting import forget
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_events import DocumentSent
from storage.database import Database, migrate, open_database, sqlite_url
from storage.export import ExportPart
from support.bot import GROUP, NOW, Chatting, chatting
from support.digests import FLOOD
from support.history import add_request

LONG = FLOOD + "\n" + "word " * 120
ADMIN = {
    "status": "administrator",
    "user": {"id": 7, "is_bot": False, "first_name": "You"},
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": True,
    "can_restrict_members": True,
    "can_promote_members": True,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": True,
    "can_edit_stories": True,
    "can_delete_stories": True,
}
MEMBER = {"status": "member", "user": ADMIN["user"]}


async def documents(
    chat: Chatting, where: LocalChat = PRIVATE_CHAT, **fields: Any
) -> list[DocumentSent]:
    seen = len(chat.api.events)
    await chat.say("/export", where, **fields)
    return [event for event in chat.api.events[seen:] if isinstance(event, DocumentSent)]


async def test_export_is_one_file_with_everything(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    (document,) = await documents(chat)
    assert document.name == "nutgraf-2031-04-18.json"
    assert document.reply_to == 3
    exported = json.loads(document.content)
    assert exported["format"] == FORMAT
    assert (exported["chat_id"], exported["part"], exported["parts"]) == (PRIVATE_CHAT.id, 1, 1)
    (of_digest,) = exported["digests"]
    assert of_digest["text"] == LONG
    for point in of_digest["key_points"]:
        assert LONG[point["start"] : point["end"]] == point["text"]
    assert of_digest["requests"] == [
        {
            "requested_at": NOW.isoformat(),
            "thread_id": None,
            "request_message_id": 1,
            "answer_message_id": digest.message_id,
        }
    ]
    tables = {item["table"] for item in exported["rows"]}
    assert tables >= {"chats", "jobs", "deliveries"}


async def test_nothing_to_export_is_said(chat: Chatting) -> None:
    (answer,) = await chat.say("/export")
    assert answer.text == texts.EXPORT_EMPTY


async def test_asking_again_soon_sends_no_second_file(database: Database, chat: Chatting) -> None:
    clock = [NOW]
    services = replace(chat.services, now=lambda: clock[0])
    async with chatting(database, services=services, bot_id=7) as later:
        await later.say(LONG)
        assert len(await documents(later)) == 1
        (answer,) = await later.say("/export")
        assert answer.text == texts.EXPORT_ON_ITS_WAY
        clock[0] += exporting.ONCE_IN
        assert len(await documents(later)) == 1


async def test_much_is_sent_in_parts_that_hold_each_digest_once(
    chat: Chatting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PART_BYTES", 1_000)
    async with chat.services.database.begin() as conn:
        for number in range(30):
            await add_request(conn, chat_id=1, requested_at=NOW, text=f"Rain {number}. " * 9)
    files = await documents(chat)
    assert [file.name for file in files[:2]] == [
        "nutgraf-2031-04-18-1.json",
        "nutgraf-2031-04-18-2.json",
    ]
    parts = [json.loads(file.content) for file in files]
    assert [part["part"] for part in parts] == list(range(1, len(parts) + 1))
    assert {part["parts"] for part in parts} == {len(files)}
    found = [digest["text"] for part in parts for digest in part["digests"]]
    assert found == [f"Rain {number}. " * 9 for number in range(30)]
    assert ["rows" in part for part in parts] == [True] + [False] * (len(parts) - 1)


async def test_file_that_telegram_would_not_take_is_compressed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MAX_UPLOAD_BYTES", 10)
    async with database.begin() as conn:
        await add_request(conn, chat_id=1, requested_at=NOW)
    async with database.read() as conn:
        file = await make_file(conn, ExportPart(1, 1), chat_id=1, now=NOW)
    assert file.name == "nutgraf-2031-04-18.json.gz"
    assert len(json.loads(gzip.decompress(file.content))["digests"]) == 1


async def test_file_holds_nothing_of_other_chats(chat: Chatting) -> None:
    async with chat.services.database.begin() as conn:
        await add_request(conn, chat_id=1, requested_at=NOW)
    async with chat.services.database.read() as conn:
        other = await make_file(conn, ExportPart(0, 99), chat_id=2, now=NOW)
    assert json.loads(other.content)["digests"] == []


@pytest.mark.parametrize(
    ("member", "is_sent"), [(ADMIN, True), (MEMBER, False)], ids=["admin", "member"]
)
async def test_only_admins_export_a_group(
    chat: Chatting, member: dict[str, Any], is_sent: bool
) -> None:
    await chat.say(f"/digest {LONG}", GROUP)
    chat.api.results["getchatmember"] = member
    files = await documents(chat, GROUP)
    assert len(files) == is_sent


async def test_anonymous_admin_exports_a_group_and_a_linked_channel_does_not(
    chat: Chatting,
) -> None:
    await chat.say(f"/digest {LONG}", GROUP)
    channel = {"id": -1_005, "type": "channel", "title": "Delta Courier"}
    assert await documents(chat, GROUP, sender_chat=channel) == []
    assert len(await documents(chat, GROUP, sender_chat=GROUP.to_dict())) == 1


async def test_text_that_is_kept_no_longer_is_null(chat: Chatting) -> None:
    await chat.say(LONG)
    later = replace(chat.services, now=lambda: NOW + timedelta(days=40))
    await forget(later, bot_id=chat.life.inbox.bot_id, rest=partial(asyncio.sleep, 0))
    (document,) = await documents(chat)
    (digest,) = json.loads(document.content)["digests"]
    assert digest["text"] is None
    assert digest["key_points"]


async def fill(url: str, count: int) -> None:
    await migrate(url)
    async with open_database(url) as database, database.begin() as conn:
        for number in range(count):
            await add_request(conn, chat_id=-5, requested_at=NOW, text=f"Rain {number}.\ud800")


def test_command_line_writes_one_object(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "nutgraf.db")
    asyncio.run(fill(url, 45))
    runner = CliRunner(env={"NUTGRAF_STORAGE__URL": url})
    result = runner.invoke(main, ["export", "--chat", "-5"])
    assert result.exit_code == 0
    exported = json.loads(result.stdout)
    assert [digest["text"] for digest in exported["digests"]] == [
        f"Rain {number}.\ud800" for number in range(45)
    ]


def test_command_line_says_that_a_chat_is_not_known(tmp_path: Path) -> None:
    runner = CliRunner(env={"NUTGRAF_STORAGE__URL": sqlite_url(tmp_path / "nutgraf.db")})
    result = runner.invoke(main, ["export", "--chat", "4"])
    assert result.exit_code == EXIT_REFUSED
    assert (result.stdout, result.stderr) == ("", f"{texts.no_such_chat(4)}\n")
