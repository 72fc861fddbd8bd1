"""Maps that were drawn, kept for a while: each goes with its digest at the latest."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import NotFound
from storage.tables import insert, map_pictures


async def save_map(
    conn: AsyncConnection, picture: bytes, *, digest_id: int, drawn_at: datetime
) -> None:
    """Keep the map of a digest, in place of an earlier one; the digest must be stored."""
    row = {"digest_id": digest_id, "picture": picture, "drawn_at": drawn_at}
    await conn.execute(
        insert(conn, map_pictures)
        .values(row)
        .on_conflict_do_update(index_elements=[map_pictures.c.digest_id], set_=row)
    )


async def find_map(conn: AsyncConnection, digest_id: int) -> bytes | None:
    found: bytes | None = await conn.scalar(
        select(map_pictures.c.picture).where(map_pictures.c.digest_id == digest_id)
    )
    return found


async def get_map(conn: AsyncConnection, digest_id: int) -> bytes:
    found = await find_map(conn, digest_id)
    if found is None:
        raise NotFound("map", digest_id)
    return found


async def delete_map(conn: AsyncConnection, digest_id: int) -> None:
    """Forget the map of a digest that is no longer what was drawn."""
    await conn.execute(delete(map_pictures).where(map_pictures.c.digest_id == digest_id))
