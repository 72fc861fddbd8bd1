"""What can be wrong with a message that people send; the one who sent it can mend it.

BotError
├── LinksIntoTelegram             nothing but links to what only Telegram's clients open
├── FileTooLarge(size, limit)     more than a bot may download
└── DigestLimitReached(limit, next_at)   as many digests as the chat may have in an hour

Every class has a stable `code`; the wording for people is in `bot/texts.py`.
"""

from datetime import datetime


class BotError(Exception):
    code = "bot"


class LinksIntoTelegram(BotError):
    code = "links_into_telegram"


class FileTooLarge(BotError):
    code = "file_too_large"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(f"{size} bytes, at most {limit}")
        self.size = size
        self.limit = limit


class DigestLimitReached(BotError):
    """`next_at` is when the chat may ask again."""

    code = "digest_limit"

    def __init__(self, limit: int, next_at: datetime) -> None:
        super().__init__(f"{limit} an hour")
        self.limit = limit
        self.next_at = next_at
