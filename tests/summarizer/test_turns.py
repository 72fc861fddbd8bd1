"""Labelled turns: transcripts and interviews in the shapes in which papers print them."""

from spacy.language import Language

from summarizer.attribution import find_attributions
from summarizer.boilerplate import read_layout
from summarizer.speakers import identify_speakers

TRANSCRIPT = """LENA VOGT, HOST: Welcome back. The inquiry has closed, and Jonas Weber was there.

JONAS WEBER: I was, and it took nine hours to read out the report.

VOGT: Nine hours?

WEBER: With one pause. Nobody left the room in all that time.

VOGT: And the minister?

WEBER: He came late and sat at the very back of the hall.
"""
INTERVIEW = """Lena Vogt has rowed across the Atlantic twice. She spoke to us at home.

Q: What do you miss?

A: Bread. I dreamed of bread for weeks on end.

Q: Were you afraid?

A: Once, when a container ship did not see me.

Q: Will you go again?

A: My mother asks me that every single day.
"""


def read(nlp: Language, text: str) -> list[tuple[str, str | None, list[str]]]:
    doc, layout = nlp(text), read_layout(text)
    speakers = identify_speakers(text, doc, layout, find_attributions(doc, layout))
    return [(s.name, s.role, [statement.text for statement in s.statements]) for s in speakers]


def test_label_with_a_part_names_the_speaker(nlp: Language) -> None:
    found = {name: (role, texts) for name, role, texts in read(nlp, TRANSCRIPT)}
    assert found.keys() == {"Jonas Weber", "LENA VOGT"}
    assert found["LENA VOGT"][0] == "HOST"
    assert found["LENA VOGT"][1][1:] == ["Nine hours?", "And the minister?"]


def test_short_questions_are_turns_though_they_look_like_headings(nlp: Language) -> None:
    [(name, _, texts)] = read(nlp, INTERVIEW)
    assert name == "Lena Vogt"
    assert texts[0] == "Bread. I dreamed of bread for weeks on end."
    assert len(texts) == 3


def test_credit_of_a_picture_is_no_turn(nlp: Language) -> None:
    credit = "Lena Vogt in her boat at the harbour last summer. Image: Oskar Brandt, Valley Post."
    found = read(
        nlp, INTERVIEW.replace("\n\nQ: Were", f"\n\nVogt in a boat Image: {credit}\n\nQ: Were")
    )
    assert [name for name, _, _ in found] == ["Lena Vogt"]


def test_role_in_the_headline_is_used_where_the_text_gives_none(nlp: Language) -> None:
    headline = "Valley Post interviews novelist Lena Vogt about rowing"
    [(name, role, _)] = read(nlp, f"{headline}\n\n{INTERVIEW}")
    assert (name, role) == ("Lena Vogt", "novelist")


def test_role_in_the_text_comes_before_that_of_the_headline(nlp: Language) -> None:
    headline = "Valley Post interviews novelist Lena Vogt about rowing"
    text = INTERVIEW.replace("Lena Vogt has", "Lena Vogt, a retired welder, has")
    [(_, role, _)] = read(nlp, f"{headline}\n\n{text}")
    assert role == "a retired welder"
