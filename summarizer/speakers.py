"""Speakers: sources grouped by whom they mean, with the fullest name and a role."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from spacy.tokens import Doc

from summarizer.antecedents import Reference
from summarizer.attribution import Attribution
from summarizer.boilerplate import Layout
from summarizer.mentions import NameMention
from summarizer.models import Mention, Speaker, SpeakerKind, Statement
from summarizer.names import Name, index_names
from summarizer.people import load_people_words
from summarizer.quotes import find_quotations
from summarizer.references import SourceResolver
from summarizer.reported import OUTSIDE, ReportedText, read_parse, with_headline
from summarizer.roles import find_role, is_person_by_role
from summarizer.turns import running_lines

_COMPARED = 40


def identify_speakers(
    text: str, doc: Doc, layout: Layout, attributions: tuple[Attribution, ...]
) -> tuple[Speaker, ...]:
    """Give every attribution to a speaker; people first, by share of the reported words."""
    if not attributions:
        return ()
    paragraphs = running_lines(doc.text, layout)
    t = read_parse(doc, paragraphs, find_quotations(doc.text, paragraphs))
    words = load_people_words()
    heads = _heads(t, attributions)
    labels = [a.head for a in attributions if a.rule in ("turn", "post")]
    index = index_names(t, heads.values(), labels, words)
    for name in index.names:
        if name.kind == "organization" and is_person_by_role(t, name, words):
            name.kind = "person"
    resolver = SourceResolver(t, index, words, attributions)
    voices: dict[object, _Voice] = {}
    for attribution in sorted(attributions, key=lambda a: (a.source.start, a.content.start)):
        head = heads.get(attribution.head.start, bisect_left(t.ends, attribution.head.end))
        reference = resolver.resolve(attribution, head)
        if reference is None:
            continue
        voice = voices.setdefault(reference.key, _Voice(reference))
        voice.add(_statement(text, attribution, reference, t))
    headed = with_headline(t, layout.headline)
    speakers = [_speaker(text, t, headed, voice) for voice in voices.values()]
    return tuple(sorted(speakers, key=_order))


@dataclass(slots=True)
class _Voice:
    """What one speaker said so far; `reference` is the first that meant this speaker."""

    reference: Reference
    statements: list[Statement] = field(default_factory=list)

    def add(self, statement: Statement) -> None:
        for known in self.statements[-_COMPARED:]:
            if known.start <= statement.start and statement.end <= known.end:
                return
        self.statements.append(statement)


def _heads(t: ReportedText, attributions: Iterable[Attribution]) -> dict[int, int]:
    """The last word of each source's head, by the head's offset."""
    wanted = {a.head.end: a.head.start for a in attributions}
    return {wanted[end]: i for i, end in enumerate(t.ends) if end in wanted}


def _statement(
    text: str, attribution: Attribution, reference: Reference, t: ReportedText
) -> Statement:
    content, cue = attribution.content, attribution.cue
    stands = t.span(*reference.stands)
    return Statement(
        text=content.text_of(text),
        start=content.start,
        end=content.end,
        verb=None if cue is None else cue.text_of(text),
        direct=attribution.direct,
        mention=Mention(stands.text_of(text), stands.start, stands.end),
    )


def _speaker(text: str, t: ReportedText, headed: ReportedText, voice: _Voice) -> Speaker:
    """The speaker with the role that the running text gives, or else the headline."""
    reference = voice.reference
    statements = tuple(sorted(voice.statements, key=lambda s: (s.start, s.end)))
    if reference.name is None or reference.name.kind == "place":
        span = t.span(*reference.called)
        return Speaker(span.text_of(text), None, reference.kind, statements)
    fullest = t.span(*_fullest(t, reference.name))
    words = load_people_words()
    role = reference.role or find_role(t, reference.name, words)
    role = role or find_role(headed, reference.name, words)
    stated = None if role is None else role.text_of(text)
    return Speaker(fullest.text_of(text), stated, reference.kind, statements)


def _fullest(t: ReportedText, name: Name) -> tuple[int, int]:
    """The longest form of the name, in one line, and in mixed case unless only a part of it is."""

    def worth(mention: NameMention) -> tuple[bool, bool, bool, int, int]:
        span = t.span(mention.first, mention.end)
        form = t.text[span.start : span.end]
        shouted = form.isupper() and len(form) > 5
        length = mention.end - mention.first
        in_line = "\n" not in form and form[0] != "@"
        return in_line, length > 1, not shouted, length, -mention.first

    best = max(name.mentions, key=worth)
    return _with_country(t, name, best), best.end


def _with_country(t: ReportedText, name: Name, mention: NameMention) -> int:
    """The first word of the name, "Ukraine’s" in "Ukraine’s General Staff" included."""
    i = mention.first - 2
    common = load_people_words().organization_nouns
    if name.kind != "organization" or i < 0 or common.isdisjoint(name.tokens):
        return mention.first
    is_place = t.entity[i] != OUTSIDE and t.entities[t.entity[i]].label == "GPE"
    same_line = t.paragraph[i] == t.paragraph[mention.first] != OUTSIDE
    if t.tags[i + 1] != "POS" or not is_place or not same_line:
        return mention.first
    return t.entities[t.entity[i]].start if t.lower[t.entities[t.entity[i]].start] != "the" else i


def _order(speaker: Speaker) -> tuple[bool, bool, int, int]:
    kinds: dict[SpeakerKind, bool] = {"person": False, "organization": False, "group": True}
    words = sum(len(s.text.split()) for s in speaker.statements)
    return kinds[speaker.kind], speaker.kind != "person", -words, speaker.statements[0].start
