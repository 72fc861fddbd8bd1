from pathlib import Path

import pytest

from bot.config import ConfigError, load_config
from bot.starter_topics import StarterTopic, starter_topics
from newsroom.topics import TopicRequest
from storage.models import Term, WordsTopic


def read(folder: Path, text: str) -> tuple[StarterTopic, ...]:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return starter_topics(load_config(path))


def test_each_of_the_words_is_a_topic_as_it_is_typed(tmp_path: Path) -> None:
    (topic,) = read(
        tmp_path,
        '[[topics]]\nname = "Sea"\nwords = ["grain corridor", "by:Oda Lund"]\n'
        'exclude = ["football"]\nfeeds = ["https://sea.example/feed.xml"]\n',
    )
    corridor = WordsTopic((Term("grain"), Term("corridor")), (Term("football"),))
    oda = TopicRequest("person", "Oda Lund", WordsTopic((Term("Oda Lund"),)))
    assert topic == StarterTopic(
        "Sea",
        (TopicRequest("words", "grain corridor", corridor), oda),
        ("https://sea.example/feed.xml",),
    )


def test_without_a_file_there_are_none() -> None:
    assert starter_topics(load_config()) == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('name = "Sea"', "topics.0"),
        ('name = "Sea"\nwords = ["the of"]', "topics.0.words"),
        ('name = "Sea"\nfeeds = ["sea"]', "topics.0.feeds"),
        ('words = ["sea"]', "topics.0.name"),
        ('name = "Sea"\nwrods = ["sea"]', "topics.0.wrods"),
    ],
)
def test_what_is_no_topic_is_refused(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[[topics]]\n{text}\n")
    assert caught.value.key == key
