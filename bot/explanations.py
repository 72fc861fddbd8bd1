"""How `digest --explain` tells people why a statement is whose."""

import textwrap
from collections.abc import Iterable, Mapping

from summarizer.explaining import Explanation

NOTHING_TO_EXPLAIN = "Nobody is said to have said anything."
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


def render_explanations(explanations: Iterable[Explanation]) -> str:
    """Two lines for each statement: the words and the speaker, then the rule."""
    return "\n".join(map(_render, explanations)) or NOTHING_TO_EXPLAIN


def _render(explanation: Explanation) -> str:
    statement, speaker = explanation.statement, explanation.speaker
    shown = textwrap.shorten(statement.text, _LONGEST_STATEMENT, placeholder=" …")
    mixed = explanation.rule.startswith("mixed ")
    rule = RULES[explanation.rule.removeprefix("mixed ")].format(verb=statement.verb)
    reason = f"{rule}, partly quoted" if mixed else rule
    words = statement.mention.text
    if words != speaker.name:
        reason += f"; “{words}” stands for {speaker.name}"
    return f"{speaker.name}: {shown}\n    {reason}"
