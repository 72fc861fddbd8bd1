"""Who said what, end to end over the shared parse: one behaviour per case, all people invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from summarizer.attribution import find_attributions
from summarizer.boilerplate import Layout
from summarizer.sentences import find_lines
from summarizer.speakers import identify_speakers
from support.speakers import read_speakers, statements_of

CASES = {
    "quotation, then source and verb": (
        "“The dam will hold,” Marta Lindqvist said on Tuesday.",
        {("Marta Lindqvist", "“The dam will hold,”")},
    ),
    "quotation, then verb and source": (
        "“The dam will hold,” said Marta Lindqvist, the chief engineer.",
        {("Marta Lindqvist", "“The dam will hold,”")},
    ),
    "source and verb, then quotation": (
        "Marta Lindqvist told reporters: “The dam will hold.”",
        {("Marta Lindqvist", "“The dam will hold.”")},
    ),
    "interrupted quotation": (
        "“The dam,” Marta Lindqvist said, “will hold for a hundred years.”",
        {
            ("Marta Lindqvist", "“The dam,”"),
            ("Marta Lindqvist", "“will hold for a hundred years.”"),
        },
    ),
    "second sentence of a quotation after the cue": (
        "“The dam will hold,” Marta Lindqvist said. “Nobody needs to leave.”",
        {
            ("Marta Lindqvist", "“The dam will hold,”"),
            ("Marta Lindqvist", "“Nobody needs to leave.”"),
        },
    ),
    "quotation over three paragraphs": (
        "“The dam will hold,” Marta Lindqvist said. “We built it well.\n\n"
        "“We tested it every spring.\n\n“Nobody needs to leave the valley.”",
        {
            ("Marta Lindqvist", "“The dam will hold,”"),
            ("Marta Lindqvist", "“We built it well."),
            ("Marta Lindqvist", "“We tested it every spring."),
            ("Marta Lindqvist", "“Nobody needs to leave the valley.”"),
        },
    ),
    "nested quotation belongs to the outer speaker": (
        "“My father told me, ‘Never trust the river,’ and I listened,” Marta Lindqvist said.",
        {
            (
                "Marta Lindqvist",
                "“My father told me, ‘Never trust the river,’ and I listened,”",
            )
        },
    ),
    "single quotation marks and an apostrophe": (
        "‘It’s the children’s bridge,’ said Marta Lindqvist.",
        {("Marta Lindqvist", "‘It’s the children’s bridge,’")},
    ),
    "guillemets": (
        "«The dam will hold», said Marta Lindqvist.",
        {("Marta Lindqvist", "«The dam will hold»")},
    ),
    "question as a quotation": (
        "“Who will pay for the repairs?” asked Marta Lindqvist.",
        {("Marta Lindqvist", "“Who will pay for the repairs?”")},
    ),
    "that-clause": (
        "Marta Lindqvist said that the dam would hold.",
        {("Marta Lindqvist", "that the dam would hold")},
    ),
    "content before the cue clause": (
        "The dam has been safe for years, Marta Lindqvist said.",
        {("Marta Lindqvist", "The dam has been safe for years")},
    ),
    "according to": (
        "According to Marta Lindqvist, the dam was built in a hurry.",
        {("Marta Lindqvist", "the dam was built in a hurry")},
    ),
    "infinitive": (
        "Marta Lindqvist promised to repair the dam before winter.",
        {("Marta Lindqvist", "to repair the dam before winter")},
    ),
    "somebody asked to do something": (
        "Marta Lindqvist urged residents to stay away from the river.",
        {("Marta Lindqvist", "residents to stay away from the river")},
    ),
    "noun as cue": (
        "Nobody believed Marta Lindqvist’s claim that the dam was safe.",
        {("Marta Lindqvist", "that the dam was safe")},
    ),
    "was quoted as saying": (
        "Marta Lindqvist was quoted as saying that the dam would hold.",
        {("Marta Lindqvist", "that the dam would hold")},
    ),
    "post": (
        "Marta Lindqvist wrote on her blog: “The dam will hold.”",
        {("Marta Lindqvist", "“The dam will hold.”")},
    ),
    "both of two people": (
        "Marta Lindqvist and Oskar Brandt said the dam would hold.",
        {
            ("Marta Lindqvist", "the dam would hold"),
            ("Oskar Brandt", "the dam would hold"),
        },
    ),
    "group": (
        "Residents of the valley said the water had risen overnight.",
        {("Residents of the valley", "the water had risen overnight")},
    ),
    "spokesman is not the organisation": (
        "A spokesman for the Valley Water Authority said the dam was safe.",
        {("A spokesman for the Valley Water Authority", "the dam was safe")},
    ),
    "channel known by a name": (
        "“The bridge is closed,” said a Telegram channel known as Fjordnytt.",
        {("Fjordnytt", "“The bridge is closed,”")},
    ),
    "floating quotation in the next paragraph": (
        "Marta Lindqvist said the dam would hold.\n\n“Nobody needs to leave the valley.”",
        {
            ("Marta Lindqvist", "the dam would hold"),
            ("Marta Lindqvist", "“Nobody needs to leave the valley.”"),
        },
    ),
    "odd number of marks": (
        'The "old mill is closed. “The dam will hold,” Marta Lindqvist said.',
        {("Marta Lindqvist", "“The dam will hold,”")},
    ),
    "verb that is not in the table": (
        "“The dam will hold,” thundered Marta Lindqvist.",
        {("Marta Lindqvist", "“The dam will hold,”")},
    ),
    "embedded post with a signature": (
        "The mayor answered her critics online.\n\n"
        "I stand by every word. — Lena Vogt (@lvogt) March 3, 2021",
        {("Lena Vogt", "I stand by every word.")},
    ),
    "acronym in parentheses": (
        "The Valley Water Authority (VWA) said the dam was safe. The VWA said it had been tested.",
        {
            ("Valley Water Authority", "the dam was safe"),
            ("Valley Water Authority", "it had been tested"),
        },
    ),
    "country before an office's common name": (
        "Norway’s Supreme Court said the road had to be closed.",
        {("Norway’s Supreme Court", "the road had to be closed")},
    ),
    "company with its name in apposition": (
        "The company, Luz del Norte, rejected the claim of fraud.",
        {("Luz del Norte", "the claim of fraud")},
    ),
    "title without a comma after it": (
        "The road is closed, Oskar Brandt, head of the road office said on the radio.",
        {("Oskar Brandt", "The road is closed")},
    ),
    "dateline is not part of the statement": (
        "FJORDHEIM — The road is closed, Oskar Brandt said.",
        {("Oskar Brandt", "The road is closed")},
    ),
    "title of a work after the cue": (
        "Oskar Brandt told “The Morning Show” that the road was closed.",
        {("Oskar Brandt", "that the road was closed")},
    ),
    "cue clause in the middle": (
        "The road, Oskar Brandt said, will be closed until May.",
        {("Oskar Brandt", "The road"), ("Oskar Brandt", "will be closed until May")},
    ),
    "second report in one sentence": (
        "“It is over,” said Oskar Brandt, adding that the road “was a mistake.”",
        {("Oskar Brandt", "“It is over,”"), ("Oskar Brandt", "that the road “was a mistake.”")},
    ),
    "relative clause that reports nothing": (
        "Danish engineer Birthe Kjeldgaard, who advised on the bridge, rejected claims of haste.",
        {("Birthe Kjeldgaard", "claims of haste")},
    ),
    "quotation goes on although the next sentence has a cue": (
        "“The bridge is old,” Marta Lindqvist said. “It cracks in every frost.” "
        "Opposition lawmaker Oskar Brandt called for an inquiry.",
        {
            ("Marta Lindqvist", "“The bridge is old,”"),
            ("Marta Lindqvist", "“It cracks in every frost.”"),
            ("Oskar Brandt", "an inquiry"),
        },
    ),
    "quotation goes on after somebody else is cited in the same sentence": (
        "“The bridge is old,” Marta Lindqvist said, adding that Oskar Brandt had denied the "
        "cracks. “It cracks in every frost.”",
        {
            ("Marta Lindqvist", "“The bridge is old,”"),
            ("Marta Lindqvist", "that Oskar Brandt had denied the cracks"),
            ("Oskar Brandt", "the cracks"),
            ("Marta Lindqvist", "“It cracks in every frost.”"),
        },
    ),
    "who was asked says nothing by it": (
        "Asked whether the dam was safe, Marta Lindqvist shrugged. “Ask me in spring,” she said.",
        {("Marta Lindqvist", "“Ask me in spring,”")},
    ),
    "people named by their work at the start of a sentence": (
        "Farmers said the decision would cost them the spring harvest.",
        {("Farmers", "the decision would cost them the spring harvest")},
    ),
    "agency before the first word": (
        "(QRS)The dam will be closed for a month, the valley’s water office said.",
        {("the valley’s water office", "The dam will be closed for a month")},
    ),
    "place and agency before the first word": (
        "NORTH VALE, Fjordland (QRS) — The dam will be closed, Marta Lindqvist said.",
        {("Marta Lindqvist", "The dam will be closed")},
    ),
    "day after a group": (
        "A county judge on Tuesday ordered the mill to stop work at night.",
        {("A county judge", "the mill to stop work at night")},
    ),
    "occasion after a group": (
        "The school board in a statement said the roof was safe.",
        {("The school board", "the roof was safe")},
    ),
    "office whose name joins two fields": (
        "The Vale Department of Geology and Mineral Industries said the map was right.",
        {("Vale Department of Geology and Mineral Industries", "the map was right")},
    ),
    "shares do not speak": (
        "Shares of Kestrel fell on Monday after the price of wool rose and said it would close.",
        set(),
    ),
    "colon without a verb of speech": (
        "Oskar Brandt was blunt: “The road is a mistake.”",
        {("Oskar Brandt", "“The road is a mistake.”")},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_statement_is_given_to_its_speaker(nlp: Language, case: str) -> None:
    text, expected = CASES[case]
    assert statements_of(read_speakers(nlp, text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Marta Lindqvist did not say whether the dam would hold.",
        "Marta Lindqvist declined to say why the dam had failed.",
        "Marta Lindqvist is expected to say that the dam will hold.",
        "Marta Lindqvist will announce on Friday that the dam is safe.",
        "Marta Lindqvist read “The Long Winter” on the train to work.",
        "The so-called “smart” dam was built in 1964.",
    ],
)
def test_what_was_not_said_is_no_statement(nlp: Language, text: str) -> None:
    assert read_speakers(nlp, text) == ()


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Chief engineer Marta Lindqvist said the dam would hold.", "Chief engineer"),
        ("Marta Lindqvist, a retired engineer, said the dam would hold.", "a retired engineer"),
        (
            "“It will hold,” said Marta Lindqvist, director of the Valley Water Authority.",
            "director of the Valley Water Authority",
        ),
        (
            "The authority’s director, Marta Lindqvist, said the dam would hold.",
            "The authority’s director",
        ),
        (
            "Marta Lindqvist, who runs the water authority, said the dam would hold.",
            "who runs the water authority",
        ),
        ("Marta Lindqvist, 61, a retired engineer, said the dam would hold.", "a retired engineer"),
        ("Its chief engineer, Marta Lindqvist, said the dam would hold.", "chief engineer"),
        ("His neighbor Marta Lindqvist said the dam would hold.", "neighbor"),
        (
            "Marta Lindqvist, 61, a weaver at the mill, said the dam would hold.",
            "a weaver at the mill",
        ),
        ("Mrs. Marta Lindqvist said the dam would hold.", None),
    ],
)
def test_role_is_read_beside_the_name(nlp: Language, text: str, role: str | None) -> None:
    (speaker,) = read_speakers(nlp, text)
    assert (speaker.name, speaker.role) == ("Marta Lindqvist", role)


def test_labelled_turns_of_an_interview(nlp: Language) -> None:
    text = (
        "Valley Post: How old is the dam?\n\nMarta Lindqvist: It was built in 1964.\n\n"
        "Valley Post: Will it hold?\n\nMarta Lindqvist: It will.\n\n"
        "Oskar Brandt: I am not so sure."
    )
    assert statements_of(read_speakers(nlp, text)) >= {
        ("Marta Lindqvist", "It was built in 1964."),
        ("Marta Lindqvist", "It will."),
        ("Oskar Brandt", "I am not so sure."),
    }


@pytest.mark.parametrize("asker", ["INTERVIEWER", "Q", "Reporter", "Host"])
def test_label_of_who_asks_is_no_speaker(nlp: Language, asker: str) -> None:
    text = (
        f"LINDQVIST: It was built in 1964.\n\n{asker}: Will it hold?\n\nLINDQVIST: It will.\n\n"
        f"{asker}: What do you say to people who think that the valley pays?\n\n"
        "LINDQVIST: The valley does."
    )
    assert statements_of(read_speakers(nlp, text)) == {
        ("LINDQVIST", "It was built in 1964."),
        ("LINDQVIST", "It will."),
        ("LINDQVIST", "The valley does."),
    }


def test_people_come_before_organisations_and_groups(nlp: Language) -> None:
    text = (
        "Residents said the water had risen overnight and that nobody had warned them.\n\n"
        "The Valley Water Authority said the dam was safe and had been tested in spring.\n\n"
        "Marta Lindqvist said it would hold."
    )
    kinds = [speaker.kind for speaker in read_speakers(nlp, text)]
    assert kinds == ["person", "organization", "group"]


def test_pronoun_without_a_person_is_left_out(nlp: Language) -> None:
    assert read_speakers(nlp, "“The dam will hold,” he said.") == ()


def test_mention_are_the_words_at_the_statement(nlp: Language) -> None:
    text = "Marta Lindqvist arrived on Monday. “The dam will hold,” she said."
    (speaker,) = read_speakers(nlp, text)
    assert speaker.statements[0].mention.text == "she"


def test_role_is_a_span_of_the_submitted_text(nlp: Language) -> None:
    text = "Marta Lindqvist, director of the\x1fdam, said the road was closed."
    doc = nlp(text.replace("\x1f", " "))
    layout = Layout(paragraphs=find_lines(doc.text))
    (speaker,) = identify_speakers(text, doc, layout, find_attributions(doc, layout))
    assert speaker.role == "director of the\x1fdam"


WORDS = st.sampled_from(
    [
        "“",
        "”",
        '"',
        "‘",
        "’",
        "'",
        "«",
        "»",
        "said",
        "Marta",
        "Lindqvist",
        "she",
        "that",
        ",",
        ".",
        "\n",
        " ",
        "according",
        "to",
        "?",
        "…",
        "@vale",
        "claim",
        "Dr.",
        "(",
        ")",
        ":",
        "—",
        "🙂",
        "שלום",
    ]
)


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_any_text_gives_exact_spans(nlp: Language, text: str) -> None:
    for speaker in read_speakers(nlp, text):
        assert speaker.name in text
        assert speaker.role is None or speaker.role in text
        for s in speaker.statements:
            assert text[s.start : s.end] == s.text
            assert text[s.mention.start : s.mention.end] == s.mention.text
