from datetime import UTC, datetime

import pytest
from telegram import (
    Chat,
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    User,
)

from bot.origins import origin_of

NOW = datetime(2031, 4, 18, tzinfo=UTC)
CHANNEL = Chat(-1_005, "channel", title="Delta Courier")


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        (None, None),
        (MessageOriginChannel(NOW, CHANNEL, 7, "Ilse Tarrow"), "Delta Courier"),
        (MessageOriginChat(NOW, Chat(-7, "supergroup", title="Dockers")), "Dockers"),
        (MessageOriginUser(NOW, User(5, "Ilse", is_bot=False)), None),
        (MessageOriginHiddenUser(NOW, "Ilse"), None),
    ],
)
def test_channels_and_groups_are_sources_people_are_not(
    origin: MessageOrigin | None, source: str | None
) -> None:
    message = Message(1, NOW, Chat(1, "private"), text="Rain.", forward_origin=origin)
    assert origin_of(message) == source
