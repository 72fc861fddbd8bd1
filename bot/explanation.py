"""What `digest --explain` tells people: why these sentences, and why a statement is whose."""

import textwrap
from collections.abc import Mapping, Sequence

from summarizer.explaining import ExplainedStatement, Explanation
from summarizer.salience import RatedSentence

WIDTH = 80
LEAST_PART = 0.05
"""Smaller parts of a score are not shown."""
NO_SCORES = "This method gives no scores that can be told."
NOBODY_SPEAKS = "Nobody is said to have said anything."
RULES: Mapping[str, str] = {
    "quotation before": "a quotation, then “{verb}”",
    "quotation after": "“{verb}”, then a quotation",
    "clause": "a clause that “{verb}” reports",
    "order": "what somebody is to do, after “{verb}”",
    "to": "an infinitive after “{verb}”",
    "name": "what something is called, after “{verb}”",
    "as": "“as …” after “{verb}”",
    "preposition": "what follows “{verb}” and a preposition",
    "object": "the object of “{verb}”",
    "unparsed": "the words after “{verb}”",
    "preposed": "the sentence before “{verb}”",
    "resumed": "the sentence goes on after “{verb}”",
    "according to": "“{verb}” names the source",
    "noun": "what the noun “{verb}” reports",
    "colon": "a quotation after a colon",
    "introduced": "a quotation after a sentence that ends in a colon",
    "set off": "a paragraph after a sentence that ends in a colon",
    "floating": "a quotation by itself, after the same speaker",
    "turn": "a turn under this label",
    "answer": "an answer in an interview; the introduction names who is asked",
    "post": "a post with this signature",
}
_LONGEST_STATEMENT = 60
_INDENT = " " * 12


def render_explanation(explanation: Explanation) -> str:
    """The scores of all sentences, then the rule behind each statement, in document order."""
    return "\n\n".join(
        (
            "Sentences, by rank and score",
            render_scores(explanation.sentences) or NO_SCORES,
            "Statements, by rule",
            render_rules(explanation.statements) or NOBODY_SPEAKS,
        )
    )


def render_scores(rated: Sequence[RatedSentence]) -> str:
    """Each sentence: rank, score, words, and what each feature adds to it."""
    return "\n\n".join(map(_render_sentence, rated))


def render_rules(statements: Sequence[ExplainedStatement]) -> str:
    """Two lines for each statement: the speaker and the words, then the rule."""
    return "\n".join(map(_render_statement, statements))


def _render_sentence(sentence: RatedSentence) -> str:
    mark = f"#{sentence.rank}" if sentence.rank else ""
    parts = sorted(sentence.parts, key=lambda part: -abs(part[1]))
    shown = [f"{name} {value:+.2f}" for name, value in parts if abs(value) >= LEAST_PART]
    return "\n".join(
        (
            _fill(" ".join(sentence.text.split()), f"{mark:>3} {sentence.score:+7.2f} "),
            _fill(" · ".join(shown), _INDENT),
        )
    )


def _fill(text: str, opening: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=opening, subsequent_indent=_INDENT)


def _render_statement(explained: ExplainedStatement) -> str:
    statement, speaker = explained.statement, explained.speaker
    shown = textwrap.shorten(statement.text, _LONGEST_STATEMENT, placeholder=" …")
    mixed = explained.rule.startswith("mixed ")
    rule = RULES[explained.rule.removeprefix("mixed ")].format(verb=statement.verb)
    reason = f"{rule}, partly quoted" if mixed else rule
    words = statement.mention.text
    if words != speaker.name:
        reason += f"; “{words}” stands for {speaker.name}"
    return f"{speaker.name}: {shown}\n    {reason}"
