"""Connections of the SQLite driver, each with its thread, from the first to the end of the last."""

import asyncio
import time
from threading import Thread

import aiosqlite

END_SECONDS = 5.0


class OpenedConnections:
    """Opens the connections of a database and sees to it that their threads end with it.

    A statement runs on in its thread when whoever waits for it is cancelled. SQLAlchemy then gives
    the connection up without waiting for the thread, which would go on holding the lock, and which
    fails when it has an answer for an event loop that is closed.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads: list[Thread] = []

    async def open(self) -> aiosqlite.Connection:
        connection = aiosqlite.connect(self._path)
        thread = connection._thread  # the driver says nowhere else whether it has really ended
        thread.daemon = True  # as SQLAlchemy has it: nobody waits for it at a hard stop
        self._threads = [other for other in self._threads if other.is_alive()]
        self._threads.append(thread)
        return await connection

    async def end(self) -> None:
        """Return when what still runs has run, so that the database is free.

        Whoever was cancelled closes the connection; to stop it here would leave them waiting.
        """
        deadline = time.monotonic() + END_SECONDS
        for thread in self._threads:
            await asyncio.to_thread(thread.join, max(0.0, deadline - time.monotonic()))
