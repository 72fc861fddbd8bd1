"""A strict Bot API server for tests, on 127.0.0.1: real HTTP, the server's own rules and words.

`BotApiServer` is the server and the people who write to its bot; see `server.py`.
"""

from support.bot_api.chats import Chat
from support.bot_api.faults import (
    bad_gateway,
    delayed,
    dropped,
    flood,
    garbled,
    refused,
    truncated,
)
from support.bot_api.journal import Call, Sent
from support.bot_api.server import TOKEN, BotApiServer

__all__ = [
    "TOKEN",
    "BotApiServer",
    "Call",
    "Chat",
    "Sent",
    "bad_gateway",
    "delayed",
    "dropped",
    "flood",
    "garbled",
    "refused",
    "truncated",
]
