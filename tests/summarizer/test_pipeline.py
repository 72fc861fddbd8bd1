import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.errors import EmptyText, TextTooLong, UnsupportedMethod
from summarizer.language import MAX_ANALYSED_CHARS
from summarizer.models import METHODS, Article, Digest
from summarizer.pipeline import MAX_CHARS, Summarizer, load_summarizer

STORY = (
    "Council of Ashford votes to rebuild the bridge\n\n"
    "The council of Ashford, Kent, voted on Monday to rebuild the old bridge over the river.\n\n"
    "“It will stand for a century,” said Mayor Edith Calloway, who has led the town since 2012.\n\n"
    "Work begins in May. The county will pay half of the cost, about two million pounds.\n"
)


def assert_verbatim(digest: Digest) -> None:
    text = digest.article.text
    stated = [*digest.key_points]
    for speaker in digest.speakers:
        assert speaker.name in text
        assert speaker.role is None or speaker.role in text
        stated += speaker.statements
        stated += [statement.mention for statement in speaker.statements]
    for item in stated:
        assert text[item.start : item.end] == item.text
    for location in digest.locations:
        for span in location.mentions:
            assert 0 <= span.start < span.end <= len(text)
    for span in digest.boilerplate:
        assert not any(span.start <= point.start < span.end for point in digest.key_points)


def test_story_is_digested(summarizer: Summarizer) -> None:
    digest = summarizer.summarize(Article(STORY))
    assert_verbatim(digest)
    assert digest.article.title == "Council of Ashford votes to rebuild the bridge"
    assert [(s.name, s.role) for s in digest.speakers] == [("Edith Calloway", "Mayor")]
    assert "Ashford" in [place.name for place in digest.locations]
    assert 1 <= len(digest.key_points) <= 5


@pytest.mark.parametrize(
    "text",
    [
        STORY.replace("\n", "\r\n"),
        STORY.replace("\n", "\r"),
        "\ufeff" + STORY,
        STORY.replace(" ", "\u00a0"),
        STORY.replace("\n", "\u2028"),
        STORY.replace("bridge", "br\x00idge\ud800"),
        f"<html><body><p>{STORY}</p></body></html>",
        "مرحبا بكم في المدينة. " + STORY + "זה סיפור על גשר.",
        STORY + "a" * 150_000,
        STORY + "🙂" * 150_000,
        STORY + "“" * 20_000,
        STORY + "\n" * 100_000,
        "Rain fell on Monday.",
        "word",
        "a" * MAX_ANALYSED_CHARS,
    ],
    ids=[
        "CRLF",
        "CR",
        "BOM",
        "no-break spaces",
        "line separators",
        "NUL and surrogates",
        "HTML",
        "right to left",
        "no spaces",
        "emoji",
        "quotation marks",
        "blank lines",
        "one sentence",
        "one word",
        "one endless word",
    ],
)
def test_odd_text_is_digested_with_exact_spans(summarizer: Summarizer, text: str) -> None:
    digest = summarizer.summarize(Article(text))
    assert digest.article.text == text
    assert digest.key_points
    assert_verbatim(digest)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"https://courier.example/{n}" for n in range(200)),
        "\n".join(f"Pelicans of Insula {n} https://courier.example/{n}" for n in range(100)),
        "\n".join(f"{n}\t{2 * n}\tBrasca {n}" for n in range(100)),
        "Reeds are red\nDykes are blue\nThe river is rising\nAnd so are you",
        "\n".join(f"anna{n % 3}: did you see it {n}" for n in range(100)),
        "def rise(level):\n    return level + 1\n" * 50,
        " ".join(["water", "mud", "and", "reeds"][n % 4] for n in range(5000)),
        "The dam broke on Friday. " * 1000,
        "Паводок прошёл мимо порта. Стена выдержала, сказала мэр.\nПодписывайтесь на наш канал!",
    ],
    ids=["links", "list", "table", "poem", "chat", "code", "paragraph", "repetition", "Russian"],
)
def test_what_is_no_article_has_a_short_answer(summarizer: Summarizer, text: str) -> None:
    digest = summarizer.summarize(Article(text))
    assert 1 <= len(digest.key_points) <= 3
    assert len({point.text for point in digest.key_points}) == len(digest.key_points)
    assert_verbatim(digest)


def test_explanation_tells_the_scores_behind_the_key_points(summarizer: Summarizer) -> None:
    ranks = {
        (rated.start, rated.end): rated.rank
        for rated in summarizer.explain(Article(STORY)).sentences
        if rated.rank
    }
    points = summarizer.summarize(Article(STORY)).key_points
    assert ranks == {(point.start, point.end): point.rank for point in points}


def test_of_a_long_text_the_first_part_is_digested(summarizer: Summarizer) -> None:
    text = STORY + "It rained. " * 30_000
    digest = summarizer.summarize(Article(text))
    assert digest.article.text == text
    assert digest.speakers
    assert_verbatim(digest)


@pytest.mark.parametrize("text", ["", " \t\r\n", "…!?", "🙂🙂", "\x00\ufeff\ud800"])
def test_text_without_words_is_refused(summarizer: Summarizer, text: str) -> None:
    with pytest.raises(EmptyText):
        summarizer.summarize(Article(text))


def test_text_beyond_the_limit_is_refused(summarizer: Summarizer) -> None:
    with pytest.raises(TextTooLong):
        summarizer.summarize(Article("a" * (MAX_CHARS + 1)))


def test_unknown_method_is_refused(summarizer: Summarizer) -> None:
    with pytest.raises(UnsupportedMethod):
        load_summarizer(summarizer.gazetteer.path, method="magic")


@pytest.mark.parametrize("method", METHODS)
def test_each_method_finds_key_points(summarizer: Summarizer, method: str) -> None:
    chosen = load_summarizer(summarizer.gazetteer.path, method=method, key_points=2)
    digest = chosen.summarize(Article(STORY))
    assert digest.method.startswith(f"{method}/")
    assert 1 <= len(digest.key_points) <= 2
    assert sorted(p.rank for p in digest.key_points) == list(range(1, len(digest.key_points) + 1))
    assert_verbatim(digest)


@settings(max_examples=25)
@given(st.lists(st.sampled_from([*STORY.split("\n"), "“", "”", '"', " he said.", "\n", "Kyiv "])))
def test_shuffled_story_is_digested_with_exact_spans(
    summarizer: Summarizer, parts: list[str]
) -> None:
    try:
        digest = summarizer.summarize(Article("".join(parts)))
    except EmptyText:
        return
    assert_verbatim(digest)
