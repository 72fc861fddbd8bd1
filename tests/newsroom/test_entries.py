from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.models import Entry
from newsroom.entries import FIRST_NEW, MAX_NEW, find_news, name_entries

FERRY = Entry("1", "Ferry runs again", "https://marren.example/ferry", None, "It left at noon.")
BRIDGE = Entry("2", "Bridge shut", "https://marren.example/bridge", None, "For a week.")


def news(before: list[Entry], after: list[Entry]) -> list[str]:
    known = {key for item in name_entries(before) for key in item.keys}
    found = find_news(name_entries(after), known, is_first=False)
    return [item.entry.title for item in found]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(replace(FERRY, title="Ferry runs late"), id="title edited"),
        pytest.param(replace(FERRY, published="2026-03-04"), id="date changed"),
        pytest.param(replace(FERRY, id="/new/1"), id="new ids after a move"),
        pytest.param(replace(FERRY, link="https://new.example/ferry"), id="new addresses"),
        pytest.param(replace(FERRY, id="9", link=f"{FERRY.link}?utm_source=x#top"), id="tracking"),
        pytest.param(replace(FERRY, id=FERRY.link or ""), id="id gone"),
    ],
)
def test_an_entry_is_known_by_its_id_or_its_link(again: Entry) -> None:
    assert news([FERRY, BRIDGE], [BRIDGE, again]) == []


def test_one_id_on_several_links_is_several_entries() -> None:
    shared = [replace(FERRY, id="x"), replace(BRIDGE, id="x")]
    assert news([], shared) == ["Ferry runs again", "Bridge shut"]
    third = Entry("x", "Mayor resigns", "https://marren.example/mayor")
    assert news(shared, [*shared, third]) == ["Mayor resigns"]


def test_one_link_under_several_ids_is_several_entries() -> None:
    front = "https://marren.example/"
    shared = [replace(FERRY, link=front), replace(BRIDGE, link=front)]
    third = Entry("3", "Mayor resigns", front)
    assert news(shared, [*shared, third]) == ["Mayor resigns"]


def test_entries_without_id_and_link_are_known_by_their_words() -> None:
    bare = Entry("", "Ferry runs again", None, None, "It left at noon.")
    other = replace(bare, summary="It left at ten.")
    assert news([bare], [bare, other]) == ["Ferry runs again"]


def test_an_entry_that_is_listed_twice_is_one() -> None:
    assert news([], [FERRY, FERRY, replace(FERRY, title="Ferry runs late")]) == ["Ferry runs again"]


def test_order_of_the_feed_does_not_matter() -> None:
    assert news([FERRY, BRIDGE], [BRIDGE, FERRY]) == []


def test_of_a_first_reading_little_is_news() -> None:
    entries = [Entry(str(n), f"No. {n}", f"https://marren.example/{n}") for n in range(200)]
    listed = name_entries(entries)
    first = find_news(listed, set(), is_first=True)
    assert [item.entry for item in first] == entries[:FIRST_NEW]


def test_an_archive_that_is_listed_all_at_once_is_no_flood() -> None:
    entries = [Entry(str(n), f"No. {n}", f"https://marren.example/{n}") for n in range(2_000)]
    assert len(news([FERRY], [*entries, FERRY])) == MAX_NEW


texts = st.text(st.characters(codec=None), max_size=4)
entries = st.builds(
    Entry,
    id=texts,
    title=texts,
    link=st.none() | st.sampled_from(["https://a.example/1", "https://a.example/2?utm_a=b", "x"]),
    summary=texts,
)


@given(st.lists(entries, max_size=8))
def test_what_was_listed_is_never_news(listed: list[Entry]) -> None:
    named = name_entries(listed)
    assert all(item.keys for item in named)
    assert news(listed, listed) == []
