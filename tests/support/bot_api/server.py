"""The server: a thread with its own event loop, so that bots in any process can be driven."""

import asyncio
import itertools
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, TypeVar

from support.bot_api.chats import Chat
from support.bot_api.dispatch import Dispatcher
from support.bot_api.faults import Fault, Faults, Planned
from support.bot_api.http import NotHttp, read_request, response
from support.bot_api.journal import SENDING, Call, Sent, busiest, poll_gaps
from support.bot_api.polling import UpdateQueue
from support.bot_api.state import ChatState, State

TOKEN = "123456789:" + "T" * 35  # opens nothing
HOST = "127.0.0.1"
CALL_TIMEOUT_S = 10.0
LOOK_AGAIN_S = 0.05

T = TypeVar("T")


class BotApiServer:
    """A context manager; all that tests ask of it is answered at once, from any thread."""

    def __init__(
        self, *, token: str = TOKEN, delays_repeats: bool = False, per_second: int = 0
    ) -> None:
        """With `per_second`, messages beyond so many in any second are refused by 429."""
        self.token = token
        self.port = 0
        self._state = State(UpdateQueue(delays_repeats=delays_repeats))
        self._faults = Faults(per_second=per_second)
        self._dispatcher = Dispatcher(self._state, self._faults, token, self._tell_change)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bot-api")
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    def __enter__(self) -> Self:
        self._thread.start()
        self.open_port()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close_port()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CALL_TIMEOUT_S)
        self._loop.close()

    # Where it is

    @property
    def root(self) -> str:
        """The root of the server, as [telegram] base_url takes it."""
        return f"http://{HOST}:{self.port}"

    def open_port(self) -> None:
        """Listen: on a free port at first, later on the same one."""
        self._await(self._listen())

    def close_port(self) -> None:
        """Refuse connections and break those that are open; what is known is kept."""
        self._await(self._stop_listening())

    # Who writes

    def user(self, user_id: int, *, name: str = "", started: bool = True) -> Chat:
        """A person and the private chat; `started` where they have written to the bot before."""
        return self._chat(user_id, "private", name or f"Person {user_id}", started=started)

    def group(
        self,
        chat_id: int,
        *,
        title: str = "Newsroom",
        kind: str = "supergroup",
        forum: bool = False,
        privacy: bool = True,
        members: Mapping[int, str] | None = None,
    ) -> Chat:
        """A group with the bot; `members` have a status ("creator", "administrator", "member")."""
        chat = self._chat(chat_id, kind, title, started=True)

        def fill(state: State) -> None:
            found = state.chats[chat_id]
            found.is_forum, found.privacy = forum, privacy
            found.members.update(members or {})

        self.run(fill)
        return chat

    def raw_update(self, fields: Mapping[str, Any]) -> int:
        """Queue an update of any shape, unchecked; returns its id."""
        update_id = self.run(lambda state: state.updates.add(fields, force=True))
        if update_id is None:
            raise RuntimeError("a forced update was not queued")
        return update_id

    # What is seen

    def sent(self, chat: Chat | int | None = None) -> list[Sent]:
        """Messages of the bot that stand, in order; all chats without `chat`."""
        chat_id = chat.id if isinstance(chat, Chat) else chat

        def read(state: State) -> list[Sent]:
            gone = set(state.journal.deleted)
            return [
                sent
                for sent in state.journal.sent
                if chat_id in (None, sent.chat_id) and (sent.chat_id, sent.message_id) not in gone
            ]

        return self.run(read)

    def calls(self, method: str = "", chat: Chat | int | None = None) -> list[Call]:
        chat_id = chat.id if isinstance(chat, Chat) else chat
        return self.run(
            lambda state: [
                call
                for call in state.journal.calls
                if method in ("", call.method) and chat_id in (None, call.chat_id)
            ]
        )

    def toast(self, query_id: str) -> str | None:
        """What a press was answered with; None while it is not."""
        return self.run(lambda state: state.journal.toasts.get(query_id))

    @property
    def violations(self) -> list[str]:
        """What the bot did that the true server would pass over or punish."""
        return self.run(lambda state: list(state.journal.violations))

    @property
    def unconfirmed(self) -> int:
        """Updates that the bot has not confirmed yet."""
        return self.run(lambda state: len(state.updates.waiting))

    @property
    def polls_waiting(self) -> bool:
        """Whether a getUpdates waits for updates just now."""
        return self.run(lambda state: state.updates.is_polled)

    @property
    def conflicts(self) -> int:
        return self.run(lambda state: state.updates.conflicts)

    def commands(self, scope: Mapping[str, Any] | None = None, language: str = "") -> list[str]:
        """The names in a menu."""
        key = json.dumps(scope or {"type": "default"}, sort_keys=True), language
        return self.run(lambda state: [c["command"] for c in state.commands.get(key, [])])

    def busiest(self, chat: Chat | int | None = None, *, window_s: float = 1.0) -> int:
        """The most messages that were sent within any stretch of so many seconds."""
        sending = [call for call in self.calls(chat=chat) if call.method in SENDING]
        return busiest(sending, window_s=window_s)

    def longest_poll_gap(self, *, since: int = 0) -> float:
        """The longest time that the bot did not ask for updates, from a call of that number on."""
        return max(poll_gaps(self.calls("getUpdates")[since:]), default=0.0)

    async def wait_for(
        self, condition: Callable[[Self], object], timeout_s: float = 20.0, *, what: str = ""
    ) -> None:
        """Return as soon as the condition holds; it is asked anew after every change."""
        waiting = asyncio.run_coroutine_threadsafe(self._wait(condition, timeout_s), self._loop)
        try:
            await asyncio.wrap_future(waiting)
        except TimeoutError:
            raise AssertionError(f"{what or 'condition'} not met: {self._summary()}") from None

    # What goes wrong

    def fail(
        self, method: str, *faults: Fault, chat: Chat | int | None = None, times: int = 1
    ) -> None:
        """Let the next calls of a method ("*": of any) go wrong, each fault `times` times."""
        chat_id = chat.id if isinstance(chat, Chat) else chat
        planned = [Planned(method, chat_id, fault, times) for fault in faults]
        self.run(lambda state: self._faults.planned.extend(planned))

    def heal(self) -> None:
        """Forget the faults that have not happened."""
        self.run(lambda state: self._faults.planned.clear())

    # Between threads

    def run(self, read_or_change: Callable[[State], T]) -> T:
        """Look at or change what the server knows, between two requests."""
        if threading.current_thread() is self._thread:
            return read_or_change(self._state)
        done: Future[T] = Future()

        def call() -> None:
            try:
                done.set_result(read_or_change(self._state))
            except BaseException as exc:  # raised where it was asked for
                done.set_exception(exc)

        self._loop.call_soon_threadsafe(call)
        return done.result(CALL_TIMEOUT_S)

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Only from within `run`."""
        if seconds <= 0:
            call()
        else:
            self._loop.call_later(seconds, call)

    def _await(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(CALL_TIMEOUT_S)

    def _chat(self, chat_id: int, kind: str, name: str, *, started: bool) -> Chat:
        def find_or_make(state: State) -> ChatState:
            ids = state.private_ids if kind in ("private", "group") else itertools.count(2)
            return state.chats.setdefault(
                chat_id, ChatState(chat_id, kind, name, ids, started=started)
            )

        return Chat(self, self.run(find_or_make))

    async def _tell_change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _wait(self, condition: Callable[[Self], object], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s), self._changed:
            while not condition(self):
                with suppress(TimeoutError):  # what is no change of ours is looked at now and then
                    await asyncio.wait_for(self._changed.wait(), LOOK_AGAIN_S)

    def _summary(self) -> str:
        lines = [f"{s.chat_id}: {s.text[:300]!r}" for s in self.sent()]
        calls = [f"{c.method} {c.status} {c.description}" for c in self.calls()]
        notable = [line for line in calls if not line.startswith("getUpdates 200")]
        return "\n".join(
            (
                f"{len(lines)} messages, {self.unconfirmed} updates unconfirmed",
                *lines[-20:],
                *notable[-30:],
                *self.violations,
            )
        )

    # Connections

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._serve, HOST, self.port, backlog=512)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in tuple(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._serve_request(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _serve_request(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; False where the connection ends."""
        try:
            request = await read_request(reader)
        except NotHttp:
            writer.write(response(HTTPStatus.BAD_REQUEST, b""))
            return False
        if request is None:
            return False
        answering = asyncio.create_task(self._dispatcher.answer(request))
        leaving = asyncio.create_task(reader.read(1))  # clients of the Bot API do not pipeline
        try:
            await asyncio.wait((answering, leaving), return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                return False
            answer = answering.result()
        finally:
            answering.cancel()
            leaving.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)
            await self._tell_change()
        if answer is None:
            return False
        writer.write(answer)
        await writer.drain()
        return request.keeps_connection
