"""Who may use the bot: everybody, those listed, or those who came with a code. Pure decisions."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

AccessMode = Literal["open", "allow", "invite"]


@dataclass(frozen=True, slots=True)
class Access:
    """Whom the owner lets in; ids of people in `owners` and `users`, of groups in `chats`."""

    mode: AccessMode = "open"
    owners: tuple[int, ...] = ()
    users: tuple[int, ...] = ()
    chats: tuple[int, ...] = ()
    invite_codes: tuple[str, ...] = ()


def is_listed(access: Access, *, chat_id: int, is_private: bool, user_id: int | None) -> bool:
    """Whether the configuration alone lets a person in here.

    Owners always; in private those on the list; in a group everybody, where the group is listed.
    """
    if access.mode == "open" or user_id in access.owners or chat_id in access.chats:
        return True
    return is_private and user_id in access.users


def is_code(offered: str, codes: Iterable[str]) -> bool:
    """Whether a code is one of these; takes as long for one that is nearly right."""
    found = False
    for code in filter(None, codes):
        found |= hmac.compare_digest(_bytes(offered), _bytes(code))
    return found


def _bytes(code: str) -> bytes:
    return code.encode("utf-8", "surrogatepass")
