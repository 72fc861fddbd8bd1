import json

import pytest

from storage.models import (
    FeedTopic,
    PersonTopic,
    PlaceTopic,
    SourceTopic,
    Term,
    Topic,
    WordsTopic,
    topic_from_dict,
    topic_to_dict,
)


@pytest.mark.parametrize(
    "topic",
    [
        WordsTopic((Term("grain"), Term("black sea", exact=True)), (Term("football"),)),
        PersonTopic("Ilinca Vasarab"),
        PlaceTopic(-7, "Lower Danube", "Romania"),
        SourceTopic("Delta Courier"),
        FeedTopic("https://delta.example/feed"),
    ],
)
def test_topic_survives_json(topic: Topic) -> None:
    assert topic_from_dict(json.loads(json.dumps(topic_to_dict(topic)))) == topic
