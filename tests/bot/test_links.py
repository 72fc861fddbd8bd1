import pytest
from telegram import MessageEntity

from bot.links import find_links
from bot.local_markup import find_entities

WORDS = "word " * 119


def mark(text: str, **links: str) -> dict[MessageEntity, str]:
    """The entities of a text; `links` are words of it that are links to somewhere."""
    found = [MessageEntity.de_json(entity, None) for entity in find_entities(text)]
    marked = {e: text[e.offset : e.offset + e.length] for e in found if e.type == "url"}
    for words, url in links.items():
        entity = MessageEntity("text_link", text.index(words), len(words), url=url)
        marked[entity] = words
    return marked


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://a.example/x", ["https://a.example/x"]),
        (" www.a.example/x?y=1 \n", ["http://www.a.example/x?y=1"]),
        ("https://a.example/1 https://b.example/2", ["https://a.example/1", "https://b.example/2"]),
        (
            "https://a.example/1 http://a.example/1#top https://a.example/1?utm_source=x",
            ["https://a.example/1", "http://a.example/1#top"],
        ),
        ("Read this: https://a.example/x. It is good.", ["https://a.example/x"]),
        (WORDS + "https://a.example/x", ["https://a.example/x"]),
        ("https://t.me/iv?url=https%3A%2F%2Fa.example%2Fx&rhash=1", ["https://a.example/x"]),
        ("https://telegra.ph/Story-01-01", ["https://telegra.ph/Story-01-01"]),
    ],
)
def test_links_are_meant_where_little_is_said_besides(text: str, links: list[str]) -> None:
    found = find_links(text, mark(text))
    assert found.are_meant
    assert list(found.links) == links


@pytest.mark.parametrize(
    "text",
    ["", "No link.", WORDS + "word https://a.example/x", "x" * 2_001 + " https://a.example/x"],
)
def test_otherwise_the_text_is_meant(text: str) -> None:
    assert not find_links(text, mark(text)).are_meant


def test_a_link_behind_words_counts_and_its_words_are_said() -> None:
    found = find_links("The crane fell", mark("The crane fell", crane="https://a.example/x"))
    assert found.links == ("https://a.example/x",)
    assert found.rest == "The crane fell"


@pytest.mark.parametrize("url", ["tg://user?id=1", "mailto:a@a.example", "ton://x", "http://["])
def test_links_to_what_is_no_page_do_not_count(url: str) -> None:
    assert find_links("Anna wrote", mark("Anna wrote", Anna=url)).links == ()


@pytest.mark.parametrize(
    "link", ["https://t.me/c/1/2", "http://telegram.me/x", "https://name.t.me", "https://t.me/iv"]
)
def test_links_into_telegram_are_told_apart(link: str) -> None:
    found = find_links(link, mark(link))
    assert (found.links, found.into_telegram, found.has_words) == ((), True, False)


def test_a_name_with_a_dot_in_a_sentence_is_no_link() -> None:
    text = "Booking.com lost money."
    entity = {MessageEntity("url", 0, 11): "Booking.com"}
    assert find_links(text, entity).links == ()
    assert find_links("Booking.com", entity).links == ("http://Booking.com",)
