"""Source, cue and content in the text; whom they mean is tested with the speakers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from summarizer.attribution import Attribution, find_attributions
from summarizer.boilerplate import Layout
from summarizer.models import Span
from summarizer.sentences import find_lines


def read(nlp: Language, text: str) -> tuple[Attribution, ...]:
    return find_attributions(nlp(text), Layout(paragraphs=find_lines(text)))


def parts(text: str, attribution: Attribution) -> tuple[str, str | None, str, bool]:
    cue = None if attribution.cue is None else attribution.cue.text_of(text)
    return (
        attribution.source.text_of(text),
        cue,
        attribution.content.text_of(text),
        attribution.direct,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "“The dam will hold,” said Marta Lindqvist, the engineer.",
            ("Marta Lindqvist, the engineer", "said", "“The dam will hold,”", True),
        ),
        (
            "Marta Lindqvist said that the dam would hold.",
            ("Marta Lindqvist", "said", "that the dam would hold", False),
        ),
        (
            "The dam has been safe for years, the mayor said on television.",
            ("the mayor", "said", "The dam has been safe for years", False),
        ),
        (
            "The dam was safe, according to two engineers.",
            ("two engineers", "according to", "The dam was safe", False),
        ),
        (
            "The mayor said the plan was “a gamble with our lives.”",
            ("The mayor", "said", "the plan was “a gamble with our lives.”", False),
        ),
        (
            "The mayor called the plan “a gamble.”",
            ("The mayor", "called", "the plan “a gamble.”", False),
        ),
        (
            "The mayor blamed the heavy rain.",
            ("The mayor", "blamed", "the heavy rain", False),
        ),
        (
            "The mayor said Tuesday the road was open.",
            ("The mayor", "said", "the road was open", False),
        ),
        (
            "The mayor described the plan as a gamble.",
            ("The mayor", "described", "the plan as a gamble", False),
        ),
        (
            "Critics called for an inquiry.",
            ("Critics", "called", "an inquiry", False),
        ),
    ],
)
def test_source_cue_and_content(
    nlp: Language, text: str, expected: tuple[str, str | None, str, bool]
) -> None:
    (attribution,) = read(nlp, text)
    assert parts(text, attribution) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The mayor rejected the claim.",
        "The mayor denied the allegations.",
        "The mayor dismissed the idea.",
        "The mayor reported it to the council.",
        "The mayor condemned it.",
        "The mayor said that was not enough.",
        "The mayor said that would never work.",
    ],
)
def test_content_that_means_nothing_alone_is_left_out(nlp: Language, text: str) -> None:
    assert read(nlp, text) == ()


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("The mayor rejected the claim that he had lied.", "the claim that he had lied"),
        ("The mayor denied the charges of fraud.", "the charges of fraud"),
        ("The mayor accused the engineer of lying.", "the engineer of lying"),
        ("The mayor accused her of lying.", "her of lying"),
        ("The mayor said that the dam was safe.", "that the dam was safe"),
        ("The mayor dismissed the idea as a joke.", "the idea as a joke"),
    ],
)
def test_content_that_says_enough_is_kept(nlp: Language, text: str, content: str) -> None:
    (attribution,) = read(nlp, text)
    assert attribution.content.text_of(text) == content


def test_a_clause_between_commas_is_no_part_of_the_content(nlp: Language) -> None:
    text = "The foreman told her, she later testified, to leave the yard at once."
    contents = {a.content.text_of(text) for a in read(nlp, text)}
    assert not any("testified" in content for content in contents)


def test_source_of_a_relative_clause_is_the_noun_before_it(nlp: Language) -> None:
    text = "The engineer, who said the dam was safe, left on Monday."
    (attribution,) = read(nlp, text)
    assert attribution.source.text_of(text) == "who"
    assert attribution.head.text_of(text) == "engineer"


def test_cue_within_quotation_marks_is_no_cue(nlp: Language) -> None:
    text = "“My father said the river never sleeps,” the mayor recalled."
    (attribution,) = read(nlp, text)
    assert attribution.source.text_of(text) == "the mayor"


def test_paragraph_after_an_introduction_is_its_sources(nlp: Language) -> None:
    text = "The mayor wrote:\n\nThe road to the dam is closed until further notice."
    (attribution,) = read(nlp, text)
    assert parts(text, attribution) == (
        "The mayor",
        "wrote",
        "The road to the dam is closed until further notice",
        False,
    )


def test_quotation_in_the_paragraph_after_a_colon(nlp: Language) -> None:
    text = "The mayor told reporters:\n\n“The road to the dam is closed.”"
    (attribution,) = read(nlp, text)
    assert parts(text, attribution)[2:] == ("“The road to the dam is closed.”", True)


def test_what_is_outside_the_running_text_is_not_read(nlp: Language) -> None:
    text = "The mayor said the dam was safe.\nThe editor said to subscribe now."
    found = find_attributions(nlp(text), Layout(paragraphs=(Span(0, 32),)))
    assert [a.source.text_of(text) for a in found] == ["The mayor"]


def test_attributions_are_in_document_order(nlp: Language) -> None:
    text = (
        "The mayor said the dam was safe. “It is old,” the engineer said. "
        "According to residents, the water rose overnight."
    )
    starts = [a.content.start for a in read(nlp, text)]
    assert starts == sorted(starts)
    assert len(starts) == 3


def test_transcript_without_a_second_turn_is_no_transcript(nlp: Language) -> None:
    text = "Opening hours: every day.\n\nAdmission: free.\n\nParking: behind the mill."
    assert read(nlp, text) == ()


@given(st.text(alphabet="“”\"‘’'«»aé .,:\n\r\x00🙂אsaid", max_size=80))
def test_any_text_gives_spans_within_it(nlp: Language, text: str) -> None:
    for attribution in read(nlp, text):
        for span in (attribution.source, attribution.content, attribution.head):
            assert 0 <= span.start < span.end <= len(text)
