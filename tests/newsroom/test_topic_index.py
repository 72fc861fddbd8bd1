from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.topic_index import Findings, TopicIndex, find_in_digest
from newsroom.words import find_words, fold_words, stem_words
from storage.models import (
    FeedTopic,
    PersonTopic,
    PlaceTopic,
    SourceTopic,
    Term,
    Topic,
    WordsTopic,
)
from summarizer.models import Article, Location, Span
from support.digests import FLOOD, digest_of, flood_digest, location, span_of

ROMANIA, GALATI_COUNTY, GALATI = 798549, 677692, 677697


def words(*terms: str, excluded: tuple[str, ...] = ()) -> WordsTopic:
    return WordsTopic(tuple(map(_term, terms)), tuple(map(_term, excluded)))


def _term(term: str) -> Term:
    return Term(term.strip('"'), exact=term.startswith('"'))


def matches(topic: Topic, findings: Findings) -> bool:
    index = TopicIndex()
    index.add(1, topic)
    return index.match(findings) == [1]


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        (words("flood"), "Floods along the river"),
        (words("floods"), "A FLOOD!"),
        (words("galati"), "in Galați on Friday"),
        (words("Galați"), "GALATI"),
        (words("dyke", "repair"), "They repaired two dykes"),
        (words('"spring harvest"'), "the Spring\nHarvest is lost"),
        (words("minister"), "the minister’s plan"),
        (words("наводнение"), "после наводнения в городе"),
        (words("洪水"), "昨日の洪水で"),
    ],
)
def test_words_are_found_in_other_forms(topic: Topic, text: str) -> None:
    assert matches(topic, Findings(text))


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        (words("flood", "harvest"), "The flood came"),
        (words('"spring harvest"'), "spring and harvest"),
        (words('"spring harvest"'), "spring harvests"),
        (words("flood", excluded=("football",)), "A flood of footballs"),
        (words("art"), "parts of a cart"),
    ],
)
def test_words_that_are_not_there_are_not_found(topic: Topic, text: str) -> None:
    assert not matches(topic, Findings(text))


@pytest.mark.parametrize(
    ("name", "person", "found"),
    [
        ("Ilinca Vasarab", "Ilinca Vasarab", True),
        ("ilinca vasarab", "Ilinca M. Vasarab", True),
        ("Vasarab", "Ilinca Vasarab", True),
        ("Marta Szelenyi-Koch", "Marta Szelényi-Koch", True),
        ("Dan Vasarab", "Ilinca Vasarab", False),
        ("Ilinca Vasarab", "Vasarab", False),
    ],
)
def test_person_is_found_by_name(name: str, person: str, found: bool) -> None:
    assert matches(PersonTopic(name), Findings("", people=(person,))) is found


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("Delta Courier", "DELTA COURIER", True),
        ("delta.example", "news.delta.example", True),
        ("www.delta.example", "delta.example", True),
        ("delta.example", "notdelta.example", False),
        ("example", "delta.example", False),
    ],
)
def test_source_is_found_by_name_or_host(name: str, source: str, found: bool) -> None:
    assert matches(SourceTopic(name), Findings("", sources=(source,))) is found


def test_place_is_found_where_one_in_it_is_named() -> None:
    findings = Findings("", place_ids=frozenset({ROMANIA, GALATI_COUNTY, GALATI}))
    assert matches(PlaceTopic(ROMANIA, "Romania"), findings)
    assert not matches(PlaceTopic(690791, "Ukraine"), findings)


def test_feed_is_found_by_its_address() -> None:
    feed = "https://delta.example/feed"
    assert matches(FeedTopic(feed), Findings("", feeds=(feed,)))
    assert not matches(FeedTopic(feed), Findings("", feeds=(feed + "/other",)))


def test_follower_has_one_topic() -> None:
    index = TopicIndex()
    index.add(1, words("flood"))
    index.add(1, words("grain"))
    assert index.match(Findings("flood")) == []
    assert index.match(Findings("grain")) == [1]
    assert len(index) == 1


def test_boilerplate_of_a_digest_is_not_searched() -> None:
    text = "The flood came.\nRead more: football results."
    span = Span(*span_of(text, "Read more: football results."))
    findings = find_in_digest(digest_of(text, boilerplate=(span,)), NoPlaces())
    assert matches(words("flood"), findings)
    assert not matches(words("football"), findings)


def test_digest_tells_its_people_places_and_sources() -> None:
    digest = replace(flood_digest(), article=Article(FLOOD, url="https://www.delta.example/1"))
    findings = find_in_digest(digest, NoPlaces(), feeds=("f",))
    assert "Ilinca Vasarab" in findings.people
    assert findings.place_ids == {1}
    assert findings.sources == ("www.delta.example",)
    assert findings.feeds == ("f",)
    assert location("Galați").geonames_id in findings.place_ids


class NoPlaces:
    """Places that lie in no other."""

    def chain_of(self, location: Location) -> tuple[int, ...]:
        return (location.geonames_id or 0,)


VOCABULARY = ("flood", "floods", "grain", "dyke", "river", "black sea", "sea", "Danube")
TERMS = st.builds(Term, st.sampled_from(VOCABULARY), st.booleans())
TOPICS = st.one_of(
    st.builds(
        WordsTopic,
        st.lists(TERMS, min_size=1, max_size=3).map(tuple),
        st.lists(TERMS, max_size=1).map(tuple),
    ),
    st.builds(PlaceTopic, st.integers(1, 4), st.just("")),
    st.builds(PersonTopic, st.sampled_from(("Ada Arn", "Arn", "Bo Arn"))),
)
TEXTS = st.lists(st.sampled_from((*VOCABULARY, "black", "and")), max_size=12).map(" ".join)


def naive_match(topic: Topic, findings: Findings) -> bool:
    if isinstance(topic, PlaceTopic):
        return topic.place_id in findings.place_ids
    if isinstance(topic, PersonTopic):
        return any(topic.name in (name, name.rpartition(" ")[2]) for name in findings.people)
    assert isinstance(topic, WordsTopic)
    return all(_holds(findings.text, term) for term in topic.terms) and not any(
        _holds(findings.text, term) for term in topic.excluded
    )


def _holds(text: str, term: Term) -> bool:
    def form(of: str) -> str:
        folded = fold_words(find_words(of))
        return f" {' '.join(folded if term.exact else stem_words(folded))} "

    return form(term.text) in form(text)


@given(
    st.lists(TOPICS, max_size=12), st.sets(st.integers(0, 11)), TEXTS, st.sets(st.integers(1, 4))
)
def test_index_finds_what_asking_each_topic_finds(
    topics: list[Topic], removed: set[int], text: str, places: set[int]
) -> None:
    index = TopicIndex()
    for follower, topic in enumerate(topics):
        index.add(follower, topic)
    for follower in removed:
        index.remove(follower)
    findings = Findings(text, people=("Ada Arn",), place_ids=frozenset(places))
    assert sorted(index.match(findings)) == [
        follower
        for follower, topic in enumerate(topics)
        if follower not in removed and naive_match(topic, findings)
    ]
