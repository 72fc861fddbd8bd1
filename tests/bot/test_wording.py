import pytest

from bot.wording import load_cues, shown_span
from summarizer.models import Mention, Statement


def shown(text: str, content: str, verb: str | None, *, direct: bool = False) -> str | None:
    start = text.index(content)
    end = start + len(content)
    span = shown_span(text, Statement(content, start, end, verb, direct, Mention("", 0, 0)))
    return span and span.text_of(text)


@pytest.mark.parametrize(
    ("text", "content", "verb"),
    [
        ("He said the gates were shut.", "the gates were shut", "said"),
        ("She told reporters in Izmail that it was over.", "it was over", "told"),
        ("According to Ana Prodan, it was over.", "it was over", "According"),
        ("It was over, he added.", "It was over", "added"),
        ("He said. The gates were shut.", "The gates were shut", "said"),
        ("The gates, he warned, were shut.", "The gates, he warned, were shut", "warned"),
        ("The gates were shut.", "The gates were shut", None),
    ],
)
def test_a_claim_after_a_plain_cue_stands_alone(text: str, content: str, verb: str | None) -> None:
    assert shown(text, content, verb) == content


@pytest.mark.parametrize(
    ("text", "content", "verb", "words"),
    [
        (
            "He ruled out opening the gates.",
            "opening the gates",
            "ruled",
            "ruled out opening the gates",
        ),
        (
            "They denied that alerts were late.",
            "alerts were late",
            "denied",
            "denied that alerts were late",
        ),
        ("He blamed the weather.", "the weather", "blamed", "blamed the weather"),
        ("She told people to leave.", "to leave", "told", "told people to leave"),
        (
            "He did not say that it was over.",
            "it was over",
            "say",
            "did not say that it was over",
        ),
        (
            "She declined to say who had paid.",
            "who had paid",
            "say",
            "declined to say who had paid",
        ),
        (
            "They didn’t say it was over.",
            "it was over",
            "say",
            "didn’t say it was over",
        ),
        (
            "Alerts were late, officials denied on Friday.",
            "Alerts were late",
            "denied",
            "Alerts were late, officials denied",
        ),
    ],
)
def test_other_cues_are_shown_with_what_they_report(
    text: str, content: str, verb: str, words: str
) -> None:
    assert shown(text, content, verb) == words


@pytest.mark.parametrize(
    ("text", "content", "verb"),
    [
        ("“It is over,” she said.", "“It is over,”", "said"),
        ("She warned: “It is over.”", "“It is over.”", "warned"),
        ("She said on Friday, “It is over.”", "“It is over.”", "said"),
        ("“Yes,” she joked. “It is over.”", "“It is over.”", "joked"),
        ("He said that “it is over.”", "“it is over.”", "said"),
    ],
)
def test_an_utterance_stands_alone(text: str, content: str, verb: str) -> None:
    assert shown(text, content, verb, direct=True) == content


@pytest.mark.parametrize(
    ("text", "content", "verb", "words"),
    [
        (
            "It called the system “a siren.”",
            "“a siren.”",
            "called",
            "called the system “a siren.”",
        ),
        ("It blamed “the owners.”", "“the owners.”", "blamed", "blamed “the owners.”"),
        (
            "She never said “no” to that.",
            "“no”",
            "said",
            "never said “no”",
        ),
    ],
)
def test_quoted_words_inside_a_clause_keep_their_clause(
    text: str, content: str, verb: str, words: str
) -> None:
    assert shown(text, content, verb, direct=True) == words


def test_a_content_that_would_mislead_alone_is_left_out() -> None:
    text = "They denied it. That was on Friday. Alerts were late."
    assert shown(text, "Alerts were late", "denied") is None


def test_deniers_are_companions() -> None:
    cues = load_cues()
    assert cues.deniers <= cues.companions
    assert all(word == word.lower() for word in cues.plain | cues.companions | cues.dependent)
