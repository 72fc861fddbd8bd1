import re
from dataclasses import replace

import pytest
from hypothesis import given
from inline_snapshot import snapshot

from bot.markup import clean_text
from bot.render import MAX_UNITS, DigestLayout, render_digest, render_short
from bot.texts import NOTHING_FOUND
from summarizer.models import Article, Digest
from support.digests import (
    digest_of,
    digests,
    flood_digest,
    key_point,
    location,
    speaker,
    statement,
    texts,
)
from support.telegram_html import Message, check_limits, read_message

NO_MAP = DigestLayout(map_url="")


def read(html: str) -> Message:
    message = read_message(html)
    check_limits(message, units=MAX_UNITS)
    return message


def said_lines(message: Message) -> list[str]:
    """The words given to speakers, one by one, without marks and counts."""
    section = re.split(r"(?:^|\n\n)Who said what · \d+\n", message.text)[-1].split("\n\n")[0]
    lines = [re.sub(r" · \+ \d+ more$", "", line) for line in section.split("\n")]
    named = tuple(message.of("b"))
    return [
        words
        for line in lines
        if line.startswith(("“", "– ")) and not line.startswith(named)
        for words in _without_marks(line)
    ]


def _without_marks(line: str) -> list[str]:
    return line[1:-1].split("” · “") if line.startswith("“") else [line[2:]]


@given(digests())
def test_any_digest_is_one_valid_message_and_verbatim(digest: Digest) -> None:
    read(render_digest(digest, DigestLayout(speakers_open=0, max_places=200)))
    read(render_short(digest))
    words = clean_text(digest.article.text)
    for line in said_lines(read(render_digest(digest))):
        assert line in words


@given(texts(), texts())
def test_any_notice_fits(title: str, notice: str) -> None:
    digest = replace(flood_digest(), article=Article("x", title=title))
    read(render_digest(digest, notice=notice))


def test_a_digest_reads_like_this() -> None:
    assert render_digest(flood_digest(), NO_MAP) == snapshot("""\
<b>Flood crest passes Galați as Danube towns count the cost</b>
<i>Delta Courier · April 18, 2031</i>

<b>Key points</b>
• The highest Danube flood in two decades moved past the port city of Galați on Friday, leaving \
some 3,400 people without power.
• Farmers said the decision would cost them the spring harvest.

<b>Who said what</b> · 6
<b>Ilinca Vasarab</b>, <i>director of the Lower Danube Flood Office</i>
“The walls held, but by the width of a hand”
“If the rain comes back before Tuesday, we will not be able to promise the same again”
<b>Tudor Săveanu</b>, <i>Environment Minister</i>
– the government would pay for the repair of every public dyke between Brăila and Tulcea
<b>Dunaj Online</b>, <i>A Telegram channel</i>
“a siren that rings after the water is in the kitchen”
<b>Anneke Verlinden</b>, <i>a hydrologist</i>
“What used to be a flood of the century is now the flood of a working life”
<blockquote expandable><b>Marta Szelényi-Koch</b>, <i>spokeswoman for the Danube Rescue Pact</i>
– crews could leave tonight
<b>Also:</b> Farmers</blockquote>

<b>Where</b>
Galați, Romania · Bucharest, Romania · Danube · Romania · Lower Danube, Romania (approx.)\
""")


def test_a_short_text_is_answered_by_who_and_where() -> None:
    text = "“It is over,” Ana Prodan said in Brăila."
    digest = digest_of(
        text,
        key_points=(key_point(text, text),),
        speakers=(speaker("Ana Prodan", statement(text, "“It is over,”")),),
        locations=(location("Brăila"),),
    )
    assert render_short(digest, NO_MAP) == snapshot("""\
That is already short (8 words).

<b>Who said what</b> · 1
<b>Ana Prodan</b>
“It is over”

<b>Where</b>
Brăila, Romania\
""")


def test_a_short_text_without_speakers_or_places_has_no_empty_section() -> None:
    assert render_short(digest_of("Rain.")) == "That is already short (1 word)."


def test_the_title_links_to_the_article() -> None:
    digest = replace(
        flood_digest(), article=Article("x", title="A & B", url="https://x.example/?a&b")
    )
    message = read(render_digest(digest))
    assert [entity.text for entity in message.entities[:2]] == ["A & B", "A & B"]
    assert message.entities[0].href == "https://x.example/?a&b"


def test_what_is_said_links_to_its_place_in_the_page() -> None:
    digest = flood_digest()
    linked = replace(digest, article=replace(digest.article, url="https://x.example/a"))
    arrows = [e for e in read(render_digest(linked)).entities if e.text == "↗"]
    assert arrows[0].href == (
        "https://x.example/a#:~:text="
        "%E2%80%9CThe%20walls%20held%2C%20but,width%20of%20a%20hand%2C%E2%80%9D"
    )
    assert render_digest(linked).count("↗") == len(arrows) > 3
    assert "↗" not in render_digest(digest)


def test_every_map_link_carries_the_coordinates_of_its_place() -> None:
    digest = flood_digest()
    links = [e for e in read(render_digest(digest)).entities if e.href]
    for link, place in zip(links, digest.locations, strict=True):
        assert link.text == place.name
        assert f"mlat={place.latitude}&mlon={place.longitude}#" in (link.href or "")


def test_places_end_at_the_number_that_is_set() -> None:
    found = tuple(location(f"Town {number}") for number in range(20))
    html = render_digest(digest_of("x", locations=found), DigestLayout(max_places=3))
    assert read(html).of("a") == ["Town 0", "Town 1", "Town 2"]


def test_no_section_stands_empty() -> None:
    text = "The river rose."
    digest = digest_of(text, key_points=(key_point(text, text),))
    assert render_digest(digest) == "<b>Key points</b>\n• The river rose."


def test_a_digest_of_nothing_says_so() -> None:
    assert render_digest(digest_of("\x00")) == NOTHING_FOUND


def test_a_sentence_without_end_is_cut_at_a_word() -> None:
    text = "river " * 2_000
    digest = digest_of(text, key_points=(key_point(text, text),))
    message = read(render_digest(digest))
    assert message.text.endswith("river…")
    assert message.units < 700


def test_a_quotation_that_is_too_long_is_left_out_and_counted() -> None:
    text = f"“{'river ' * 900}” – “It rose.”"
    long, short = text.split(" – ")
    digest = digest_of(
        text,
        speakers=(
            speaker("Ana Prodan", statement(text, long), statement(text, short)),
            speaker("Ion Bălan", statement(text, long), role="mayor"),
        ),
    )
    assert render_digest(digest) == snapshot("""\
<b>Who said what</b> · 2
<b>Ana Prodan</b>
“It rose” · + 1 more
<b>Also:</b> Ion Bălan\
""")


def test_speakers_without_room_are_counted_honestly() -> None:
    quotes = [f"“Quotation number {number} of many, and so on.”" for number in range(1_000)]
    text = "\n".join(quotes)
    speakers = tuple(
        speaker(f"Speaker {number}", statement(text, quote)) for number, quote in enumerate(quotes)
    )
    message = read(render_digest(digest_of(text, speakers=speakers)))
    quoted = len(said_lines(message))
    by_name = re.search(r"Also: (.*) \+ (\d+) more$", message.text)
    assert by_name is not None
    assert "Who said what · 1000" in message.text
    assert quoted > 20
    assert quoted + len(by_name[1].split(", ")) + int(by_name[2]) == 1_000


def test_key_points_leave_room_for_speakers() -> None:
    sentences = [f"Sentence {number} {'goes on and ' * 40}ends." for number in range(8)]
    text = "\n".join([*sentences, "“It rose,” she said."])
    digest = digest_of(
        text,
        key_points=tuple(key_point(text, s, rank) for rank, s in enumerate(sentences, start=1)),
        speakers=(speaker("Ana Prodan", statement(text, "“It rose,”")),),
        locations=(location("Brăila"),),
    )
    message = read(render_digest(digest))
    assert "“It rose”" in message.text
    assert "Brăila, Romania" in message.text
    assert message.text.index("Sentence 0") < message.text.index("Sentence 1")


def test_long_speakers_stand_below_the_fold() -> None:
    text = "\n".join(f"“{name * 90}”" for name in "abcdef")
    speakers = tuple(
        speaker(f"Speaker {name}", statement(text, f"“{name * 90}”")) for name in "abcdef"
    )
    wide = speaker("First", *(statement(text, f"“{name * 90}”") for name in "abcdef"))
    many = digest_of(text, speakers=(wide, wide, *speakers))
    (fold,) = read(render_digest(many)).of("blockquote")
    assert fold.startswith("First\n")
    few = digest_of(text, speakers=speakers)
    (fold,) = read(render_digest(few)).of("blockquote")
    assert fold.startswith("Speaker e\n")


def test_a_long_talker_goes_on_below_the_fold() -> None:
    quotes = [f"“Part {number} of the talk.”" for number in range(6)]
    text = "\n".join(quotes)
    said = [statement(text, quote) for quote in quotes]
    digest = digest_of(
        text,
        speakers=(speaker("Ana Prodan", *said, role="mayor"), speaker("Ion Bălan", said[0])),
    )
    assert render_digest(digest) == snapshot("""\
<b>Who said what</b> · 2
<b>Ana Prodan</b>, <i>mayor</i>
“Part 0 of the talk” · “Part 1 of the talk” · “Part 2 of the talk” · “Part 3 of the talk”
<b>Ion Bălan</b>
“Part 0 of the talk”
<blockquote expandable><b>Ana Prodan</b>
“Part 4 of the talk” · “Part 5 of the talk”</blockquote>\
""")


def test_nothing_is_folded_where_few_speak() -> None:
    digest = flood_digest()
    assert "blockquote" not in render_digest(replace(digest, speakers=digest.speakers[:4]))


def test_groups_speak_for_themselves_where_nobody_else_does() -> None:
    text = "Farmers said the harvest was lost."
    farmers = speaker(
        "Farmers", statement(text, "the harvest was lost", direct=False), kind="group"
    )
    html = render_digest(digest_of(text, speakers=(farmers,)))
    assert html == "<b>Who said what</b> · 1\n<b>Farmers</b>\n– the harvest was lost"


def test_reported_speech_that_a_key_point_tells_is_not_told_again() -> None:
    text = "The walls will hold, Ana Prodan said. “We are sure,” she said."
    said = (statement(text, "The walls will hold", direct=False), statement(text, "“We are sure,”"))
    digest = digest_of(
        text,
        key_points=(key_point(text, "The walls will hold, Ana Prodan said."),),
        speakers=(speaker("Ana Prodan", *said),),
    )
    assert said_lines(read(render_digest(digest))) == ["We are sure"]


@pytest.mark.parametrize("evil", ["<b>", "</blockquote>", "&lt;", "<script>alert(1)</script>", "&"])
def test_markup_in_the_article_is_shown_as_text(evil: str) -> None:
    text = f"“It {evil} rose,” she said."
    digest = digest_of(
        text,
        key_points=(key_point(text, text),),
        speakers=(speaker(f"Ana {evil}", statement(text, f"“It {evil} rose,”"), role=evil),),
        locations=(location(f"Br{evil}ila"),),
    )
    message = read(render_digest(digest))
    assert message.text.count(evil) == 5
