"""Explanations: the scores behind the key points, the rules behind the statements."""

from collections.abc import Iterable
from dataclasses import dataclass

from summarizer.models import Speaker, Statement
from summarizer.reported import Attribution
from summarizer.salience import RatedSentence


@dataclass(frozen=True, slots=True)
class ExplainedStatement:
    """A statement, whose it is, the name of the rule that found it, and the source as written."""

    speaker: Speaker
    statement: Statement
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a digest is as it is: all sentences, as far as they are scored, and all statements."""

    sentences: tuple[RatedSentence, ...]
    statements: tuple[ExplainedStatement, ...]


def explain_speakers(
    text: str, speakers: Iterable[Speaker], attributions: Iterable[Attribution]
) -> tuple[ExplainedStatement, ...]:
    """Each statement with its rule, in the order of the text."""
    made = {
        (a.content.start, a.content.end, None if a.cue is None else a.cue.text_of(text)): a
        for a in attributions
    }
    found = []
    for speaker in speakers:
        for statement in speaker.statements:
            a = made[statement.start, statement.end, statement.verb]
            found.append(ExplainedStatement(speaker, statement, a.rule, a.source.text_of(text)))
    return tuple(sorted(found, key=lambda e: (e.statement.start, e.statement.end)))
