import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.topics import (
    MAX_WORDS,
    AmbiguousTopic,
    EmptyTopic,
    OnlyExcluded,
    OnlyStopWords,
    TopicError,
    TopicTooLong,
    UnknownPlace,
    choose_topic,
    read_request,
)
from storage.models import PersonTopic, PlaceTopic, SourceTopic, Term, Topic, WordsTopic

GALATI = PlaceTopic(677697, "Galați", "Romania")
ARNO_OHIO = PlaceTopic(1, "Arno", "Ohio, United States")
ARNO_PARANA = PlaceTopic(2, "Arno", "Paraná, Brazil")


def words(*terms: str, excluded: tuple[str, ...] = ()) -> WordsTopic:
    return WordsTopic(tuple(map(Term, terms)), tuple(map(Term, excluded)))


def test_words_are_all_wanted_but_the_excluded() -> None:
    topic = choose_topic(read_request('danube “spring harvest” -football -"cup final"'))
    assert topic == WordsTopic(
        (Term("danube"), Term("spring harvest", exact=True)),
        (Term("football"), Term("cup final", exact=True)),
    )


def test_stop_words_among_words_are_passed_over() -> None:
    assert choose_topic(read_request("the price of grain")) == words("price", "grain")


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", EmptyTopic),
        (" … \n", EmptyTopic),
        ("in:", EmptyTopic),
        ("the and of", OnlyStopWords),
        ("-football", OnlyExcluded),
        ("grain " * 500, TopicTooLong),
        ("g" * 5_000, TopicTooLong),
    ],
)
def test_what_is_no_topic_is_refused(typed: str, error: type[TopicError]) -> None:
    with pytest.raises(error):
        read_request(typed)


def test_too_long_topic_tells_its_length_and_the_limit() -> None:
    with pytest.raises(TopicTooLong) as caught:
        read_request("grain " * 500)
    assert (caught.value.words, caught.value.limit) == (500, MAX_WORDS)


@pytest.mark.parametrize("typed", ["https://delta.example/feed?x=1", "delta.example", "a.b.co/x"])
def test_address_is_left_to_be_fetched(typed: str) -> None:
    request = read_request(typed)
    assert (request.kind, request.name) == ("address", typed)


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("by:Ilinca Vasarab", PersonTopic("Ilinca Vasarab")),
        ("By: vasarab", PersonTopic("vasarab")),
        ('from:"Delta Courier"', SourceTopic("Delta Courier")),
    ],
)
def test_prefix_says_what_a_name_is(typed: str, topic: Topic) -> None:
    assert choose_topic(read_request(typed)) == topic


def test_place_asked_for_must_be_known() -> None:
    assert choose_topic(read_request("in:Galati"), places=[GALATI]) == GALATI
    with pytest.raises(UnknownPlace):
        choose_topic(read_request("in:Nowhere"))


def test_name_of_a_place_is_the_place() -> None:
    assert choose_topic(read_request("Galați"), places=[GALATI]) == GALATI


def test_place_in_small_letters_may_be_a_word() -> None:
    with pytest.raises(AmbiguousTopic) as caught:
        choose_topic(read_request("galați"), places=[GALATI])
    assert caught.value.choices == (GALATI, words("galați"))


def test_given_name_with_another_is_a_person() -> None:
    assert choose_topic(read_request("Anna Verlinden")) == PersonTopic("Anna Verlinden")
    assert choose_topic(read_request("anna verlinden")) == words("anna", "verlinden")
    assert choose_topic(read_request("Grain Prices")) == words("Grain", "Prices")


def test_known_speaker_is_a_person_however_typed() -> None:
    topic = choose_topic(read_request("vasarab"), people=["Ilinca Vasarab"])
    assert topic == PersonTopic("Ilinca Vasarab")


def test_person_and_place_of_one_name_are_left_to_be_chosen() -> None:
    with pytest.raises(AmbiguousTopic) as caught:
        choose_topic(read_request("Arno"), people=["Arno"], places=[ARNO_OHIO, ARNO_PARANA])
    assert caught.value.choices == (ARNO_OHIO, ARNO_PARANA, PersonTopic("Arno"), words("Arno"))


def test_namesakes_asked_for_as_places_are_no_words() -> None:
    with pytest.raises(AmbiguousTopic) as caught:
        choose_topic(read_request("in:Arno"), places=[ARNO_OHIO, ARNO_PARANA])
    assert caught.value.choices == (ARNO_OHIO, ARNO_PARANA)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_request_or_an_error_of_ours(typed: str) -> None:
    try:
        request = read_request(typed)
    except TopicError:
        return
    assert request.name
    assert request.words.terms
