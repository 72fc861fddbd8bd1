"""The menu of commands that clients show: for private chats, for groups, and for the owners."""

import logging

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot import texts

logger = logging.getLogger(__name__)

TOPICS = ("subscribe", "subscriptions", "unsubscribe", "today", "time", "pause", "resume")
PRIVATE = (
    *("digest", *TOPICS, "history", "search"),
    *("cancel", "privacy", "export", "delete_me", "help", "start"),
)
GROUPS = ("digest", *TOPICS, "history", "search", "privacy", "export", "delete_me", "help")
ALIASES = frozenset({"follow", "following", "unfollow"})
"""Answered, and not shown."""
OWNERS = (*PRIVATE, "errors", "backup", "version")


async def show_menu(bot: Bot, owners: tuple[int, ...]) -> None:
    """Have clients show the commands that are answered; a menu that is refused is only logged."""
    scopes: list[tuple[BotCommandScope, tuple[str, ...]]] = [
        (BotCommandScopeAllPrivateChats(), PRIVATE),
        (BotCommandScopeAllGroupChats(), GROUPS),
        *((BotCommandScopeChat(owner), OWNERS) for owner in owners),
    ]
    for scope, names in scopes:
        commands = [BotCommand(name, texts.COMMANDS[name]) for name in names]
        try:
            await bot.set_my_commands(commands, scope=scope)
        except TelegramError as exc:
            # An owner who never wrote to the bot has no chat with it yet.
            logger.warning("menu not shown scope=%s error=%s", scope.type, type(exc).__name__)
