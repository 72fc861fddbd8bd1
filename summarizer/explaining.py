"""Explanations: by which rule each statement was found and given to its speaker."""

from collections.abc import Iterable
from dataclasses import dataclass

from summarizer.models import Speaker, Statement
from summarizer.reported import Attribution


@dataclass(frozen=True, slots=True)
class Explanation:
    """A statement, whose it is, the name of the rule that found it, and the source as written."""

    speaker: Speaker
    statement: Statement
    rule: str
    source: str


def explain_speakers(
    text: str, speakers: Iterable[Speaker], attributions: Iterable[Attribution]
) -> tuple[Explanation, ...]:
    """One explanation for each statement, in the order of the text."""
    made = {
        (a.content.start, a.content.end, None if a.cue is None else a.cue.text_of(text)): a
        for a in attributions
    }
    found = []
    for speaker in speakers:
        for statement in speaker.statements:
            a = made[statement.start, statement.end, statement.verb]
            found.append(Explanation(speaker, statement, a.rule, a.source.text_of(text)))
    return tuple(sorted(found, key=lambda e: (e.statement.start, e.statement.end)))
