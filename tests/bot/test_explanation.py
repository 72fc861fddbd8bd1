"""What `digest --explain` says to people."""

import pytest
from spacy.language import Language

from bot.explanation import (
    NO_SCORES,
    NOBODY_SPEAKS,
    render_explanation,
    render_rules,
    render_scores,
)
from summarizer.attribution import find_attributions
from summarizer.boilerplate import Layout
from summarizer.explaining import Explanation, explain_speakers
from summarizer.salience import RatedSentence
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
    return render_rules(explain_speakers(text, speakers, attributions))


@pytest.mark.parametrize("text", REASONS)
def test_reason_is_told_in_words(nlp: Language, text: str) -> None:
    shown = explained(nlp, text)
    assert shown.startswith("Marta Lindqvist: ")
    assert REASONS[text] in shown


def test_what_cannot_be_told_is_said() -> None:
    told = render_explanation(Explanation((), ()))
    assert NO_SCORES in told
    assert NOBODY_SPEAKS in told


def test_rank_and_score_are_shown_with_the_larger_parts_first() -> None:
    rated = (
        RatedSentence("The dam  broke.", 0, 15, 3.5, (("lead", 1.5), ("central", 2.0)), 1),
        RatedSentence("But it held.", 16, 28, -2.0, (("dangling", -2.0), ("lead", 0.01)), None),
    )
    assert render_scores(rated) == (
        " #1   +3.50 The dam broke.\n"
        "            central +2.00 · lead +1.50\n"
        "\n"
        "      -2.00 But it held.\n"
        "            dangling -2.00"
    )
