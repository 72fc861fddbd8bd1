"""The speakers of a short text whose lines are its paragraphs."""

from spacy.language import Language

from summarizer.attribution import find_attributions
from summarizer.boilerplate import Layout
from summarizer.models import Speaker
from summarizer.sentences import find_lines
from summarizer.speakers import identify_speakers


def read_speakers(nlp: Language, text: str) -> tuple[Speaker, ...]:
    layout = Layout(paragraphs=find_lines(text))
    doc = nlp(text)
    return identify_speakers(text, doc, layout, find_attributions(doc, layout))


def statements_of(speakers: tuple[Speaker, ...]) -> set[tuple[str, str]]:
    return {(speaker.name, s.text) for speaker in speakers for s in speaker.statements}
