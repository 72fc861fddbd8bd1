"""What `digest --explain` says to people."""

import pytest
from spacy.language import Language

from bot.explanations import NOTHING_TO_EXPLAIN, render_explanations
from summarizer.attribution import find_attributions
from summarizer.boilerplate import Layout
from summarizer.explaining import explain_speakers
from summarizer.sentences import find_lines
from summarizer.speakers import identify_speakers

REASONS = {
    "“It holds,” said Marta Lindqvist.": "a quotation, then “said”",
    "Marta Lindqvist said that the dam would hold.": "a clause that “said” reports",
    "According to Marta Lindqvist, the dam is old.": "“According to” names the source",
    "Marta Lindqvist urged residents to leave the valley.": "what somebody is to do, after “urged”",
    "Marta Lindqvist said the dam was “old and tired.”": "“said” reports, partly quoted",
    "Marta Lindqvist came. “It holds,” she said.": "“she” stands for Marta Lindqvist",
}


def explained(nlp: Language, text: str) -> str:
    layout = Layout(paragraphs=find_lines(text))
    doc = nlp(text)
    attributions = find_attributions(doc, layout)
    speakers = identify_speakers(text, doc, layout, attributions)
    return render_explanations(explain_speakers(text, speakers, attributions))


@pytest.mark.parametrize("text", REASONS)
def test_reason_is_told_in_words(nlp: Language, text: str) -> None:
    shown = explained(nlp, text)
    assert shown.startswith("Marta Lindqvist: ")
    assert REASONS[text] in shown


def test_text_without_speech_is_said_to_have_none(nlp: Language) -> None:
    assert explained(nlp, "The dam is old.") == NOTHING_TO_EXPLAIN
