"""The file with all that is kept of a chat: JSON, as docs/export.md describes it."""

import asyncio
import gzip
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from bot.context import utc_now
from storage.database import Connection, open_database
from storage.export import ExportPart, plan_export, read_digests, read_rows
from summarizer.wire import to_json

FORMAT = "nutgraf-export/1"
PART_BYTES = 20_000_000
"""Of articles and digests, as they are stored; JSON makes a little more of them."""
MAX_UPLOAD_BYTES = 49_000_000


@dataclass(frozen=True, slots=True)
class ExportFile:
    name: str
    content: bytes


async def make_file(
    conn: Connection, part: ExportPart, *, chat_id: int, now: datetime
) -> ExportFile:
    """A part as a file that Telegram takes: compressed where it would be too large."""
    content = bytearray()
    async for chunk in write_export(conn, part, chat_id=chat_id, now=now):
        content += chunk.encode()
    numbered = f"-{part.number}" if part.count > 1 else ""
    name = f"nutgraf-{now:%Y-%m-%d}{numbered}.json"
    if len(content) <= MAX_UPLOAD_BYTES:
        return ExportFile(name, bytes(content))
    return ExportFile(f"{name}.gz", await asyncio.to_thread(gzip.compress, content))


async def export_chat(url: str, chat_id: int, out: BinaryIO) -> bool:
    """Write all that the database of the URL holds of a chat; false where that is nothing."""
    async with open_database(url) as database:
        await database.migrate()
        async with database.read() as conn:
            parts = await plan_export(conn, chat_id=chat_id, part_bytes=sys.maxsize)
            for part in parts:
                async for chunk in write_export(conn, part, chat_id=chat_id, now=utc_now()):
                    out.write(chunk.encode())
    return bool(parts)


async def write_export(
    conn: Connection, part: ExportPart, *, chat_id: int, now: datetime
) -> AsyncIterator[str]:
    """The JSON of a part, piece by piece: never more than a page of digests is in memory.

    What is not of a digest stands in the first part.
    """
    head = {
        "format": FORMAT,
        "chat_id": chat_id,
        "exported_at": now,
        "part": part.number,
        "parts": part.count,
    }
    yield _to_json(head)[:-1]
    if part.number == 1:
        yield ',\n"rows": ['
        separator = "\n"
        async for table, row in read_rows(conn, chat_id=chat_id):
            yield f"{separator}{_to_json({'table': table, 'row': row})}"
            separator = ",\n"
        yield "\n]"
    yield ',\n"digests": ['
    separator = "\n"
    async for digest in read_digests(conn, part, chat_id=chat_id):
        yield f"{separator}{_to_json(digest)}"
        separator = ",\n"
    yield "\n]}\n"


def _to_json(value: Any) -> str:
    """One line; times in ISO 8601."""
    return to_json(value, default=datetime.isoformat)
