from dataclasses import replace

import pytest
from hypothesis import given

from bot.config import MAP_URL
from bot.markup import clean_text
from bot.outline import country_names, map_link, outline_digest, show_date, strip_marks
from summarizer.models import Article, Digest
from support.digests import digest_of, digests, flood_digest, location, speaker, statement


@pytest.mark.parametrize(
    ("span", "words"),
    [
        ("“The walls held,”", "The walls held"),
        ("“The walls held”,", "The walls held"),
        ("“The walls held.”", "The walls held"),
        ('"Who knows?"', "Who knows?"),
        ("“He said ‘no’ to me.”", "He said ‘no’ to me"),
        ("'The workers' flood,'", "The workers' flood"),
        ("«Sve je gotovo»", "Sve je gotovo"),
        ("„Es ist vorbei“", "Es ist vorbei"),
        ("``It is over,''", "It is over"),
        ("“We go to the U.S.”", "We go to the U.S."),
        ("“Well...”", "Well..."),
        ("“unclosed at a paragraph’s end", "unclosed at a paragraph’s end"),
        ("the rest of it,”", "the rest of it"),
        ("“Why “that” word,”", "Why “that” word"),
        ("no marks at all,", "no marks at all"),
        ("“”", ""),
        ("“", ""),
        ("", ""),
    ],
)
def test_outer_marks_and_last_stop_are_dropped(span: str, words: str) -> None:
    assert strip_marks(span) == words


@pytest.mark.parametrize(
    "span",
    [
        "Their “plan is a wreck, even for them.”",
        "“It rose,” he said, “and fell.”",
        '"It rose," he said, "and fell."',
        "“It rose,” he said, “and fell",
    ],
)
def test_marks_that_do_not_enclose_the_whole_are_kept(span: str) -> None:
    assert strip_marks(span) is None
    (voice,) = outline_digest(
        digest_of(span, speakers=(speaker("Ana", statement(span, span)),)), MAP_URL
    ).voices
    assert str(voice.lines[0]) == f"– {span}"


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ("2022-11-14", "November 14, 2022"),
        ("2022-11-14T23:30:00+02:00", "November 14, 2022"),
        ("2022-11", "November 2022"),
        ("2022", "2022"),
        ("2022-13", ""),
        ("2022-02-30", ""),
        ("yesterday", ""),
        (None, ""),
    ],
)
def test_dates_are_shown_as_far_as_they_are_known(published: str | None, shown: str) -> None:
    assert show_date(published) == shown


@given(digests())
def test_every_line_is_verbatim(digest: Digest) -> None:
    words = clean_text(digest.article.text)
    outline = outline_digest(digest, MAP_URL)
    assert all(line.text in words for voice in outline.voices for line in voice.lines)
    assert all(point.text in words for point in outline.points)


def test_groups_come_after_named_speakers() -> None:
    names = [voice.name for voice in outline_digest(flood_digest(), MAP_URL).voices]
    assert names[0] == "Ilinca Vasarab"
    assert names[-1] == "Farmers"


def test_what_stands_inside_another_statement_is_not_repeated() -> None:
    text = "She called it “a siren” and left."
    said = (
        statement(text, "called it “a siren”", direct=False),
        statement(text, "“a siren”"),
        statement(text, "“a siren”"),
    )
    (voice,) = outline_digest(digest_of(text, speakers=(speaker("She", *said),)), MAP_URL).voices
    assert [str(line) for line in voice.lines] == ["– called it “a siren”"]


def test_the_host_stands_in_for_an_unknown_source() -> None:
    article = Article("x", url="https://www.courier.example/a", published="2031-04-18")
    outline = outline_digest(Digest(article, "m"), MAP_URL)
    assert outline.dateline == "courier.example · April 18, 2031"


def test_map_links_carry_the_coordinates_unrounded() -> None:
    found = location("Izmail", "UA", point=(45.351654321, -0.00001))
    assert map_link(found, "https://m.example/{lat},{lon}") == (
        "https://m.example/45.351654321,-0.00001"
    )


def test_a_place_without_a_point_or_a_map_is_not_linked() -> None:
    assert map_link(location("Nowhere", point=(float("nan"), 0.0)), MAP_URL) is None
    assert map_link(location("Izmail"), "") is None
    assert map_link(location("Izmail"), "https://m.example/{lat}/{typo}") is None


def test_countries_are_named_after_places_but_not_after_themselves() -> None:
    found = (
        location("Galați"),
        location("Romania", kind="country"),
        location("Singapore", "SG"),
        location("Danube", None, kind="water"),
        replace(location("Old Quay"), exact=False),
    )
    places = outline_digest(digest_of("x", locations=found), MAP_URL).places
    assert [place.name + place.suffix for place in places] == [
        "Galați, Romania",
        "Romania",
        "Singapore",
        "Danube",
        "Old Quay, Romania (approx.)",
    ]


def test_every_code_has_a_clean_name() -> None:
    names = country_names()
    assert len(names) == 250
    assert all(len(code) == 2 and code.isupper() for code in names)
    assert all(name == clean_text(name) for name in names.values())
