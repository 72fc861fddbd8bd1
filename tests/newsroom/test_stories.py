from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from newsroom.editions import compose_edition
from newsroom.stories import Story, StoryArticle, group_stories, tell_story
from newsroom.story_wire import story_to_dict
from summarizer.models import Digest, Span
from support.digests import digest_of, key_point, location, speaker, statement

FLOOD = (
    "The highest Danube flood in two decades passed Galati on Friday, April 18. "
    "Some 3,400 people are without power. "
    "“The walls held,” said Ilinca Vasarab of the Flood Office."
)
FLOOD_TOO = (
    "Danube flood leaves 3,400 people without power in Galati after April 18. "
    "The highest flood of the Danube in two decades has passed Galati. "
    "“The walls held,” Vasarab of the Flood Office said. “We will repair every dyke,” she said."
)
HARVEST = (
    "Farmers in Alder Valley sold a record 900 tons of plums this summer. "
    "Prices of plums fell by half, the Growers Union reported."
)


def digest(text: str, title: str | None = None, published: str | None = None) -> Digest:
    made = digest_of(text)
    article = replace(made.article, title=title, published=published)
    return replace(made, article=article)


def article(id_: str, text: str, **given_: str) -> StoryArticle:
    return StoryArticle(id_, digest(text, **given_))


def two_reports() -> tuple[StoryArticle, StoryArticle]:
    one = replace(
        digest(FLOOD, "Danube flood passes Galati"),
        key_points=(
            key_point(FLOOD, FLOOD[: FLOOD.index(" Some")]),
            key_point(FLOOD, "Some 3,400 people are without power.", 2),
        ),
        speakers=(speaker("Ilinca Vasarab", statement(FLOOD, "“The walls held,”"), role="chief"),),
        locations=(location("Galati"),),
    )
    other = replace(
        digest(FLOOD_TOO, "Flood"),
        key_points=(
            key_point(
                FLOOD_TOO, "The highest flood of the Danube in two decades has passed Galati."
            ),
        ),
        speakers=(
            speaker(
                "Vasarab",
                statement(FLOOD_TOO, "“The walls held,”"),
                statement(FLOOD_TOO, "“We will repair every dyke,”"),
            ),
        ),
        locations=(replace(location("Galati"), mentions=(Span(3, 9),)),),
    )
    return StoryArticle("a", one), StoryArticle("b", other)


def ids(stories: tuple[Story, ...]) -> list[tuple[str, ...]]:
    return [story.ids for story in stories]


def test_articles_on_one_event_are_one_story() -> None:
    articles = [article("a", FLOOD), article("h", HARVEST), article("b", FLOOD_TOO)]
    assert ids(group_stories(articles)) == [("a", "b"), ("h",)]


def test_the_same_event_of_another_time_is_another_story() -> None:
    articles = [
        article("a", FLOOD, published="2031-04-18"),
        article("b", FLOOD_TOO, published="2033-04-18"),
    ]
    assert ids(group_stories(articles)) == [("a",), ("b",)]


def test_point_that_two_articles_make_is_told_once() -> None:
    story = tell_story(two_reports())
    assert [(point.article_id, point.point.text) for point in story.key_points] == [
        ("a", FLOOD[: FLOOD.index(" Some")]),
        ("a", "Some 3,400 people are without power."),
    ]


def test_statements_of_one_speaker_stand_together_under_the_full_name() -> None:
    (merged,) = tell_story(two_reports()).speakers
    assert (merged.name, merged.role) == ("Ilinca Vasarab", "chief")
    assert [(said.article_id, said.statement.text) for said in merged.statements] == [
        ("a", "“The walls held,”"),
        ("b", "“We will repair every dyke,”"),
    ]


def test_surname_of_two_people_is_given_to_neither() -> None:
    text = "“Yes,” said Ada Vasarab. “No,” said Ion Vasarab. “Perhaps,” Vasarab said."
    made = replace(
        digest(text),
        speakers=(
            speaker("Ada Vasarab", statement(text, "“Yes,”")),
            speaker("Ion Vasarab", statement(text, "“No,”")),
            speaker("Vasarab", statement(text, "“Perhaps,”")),
        ),
    )
    story = tell_story([StoryArticle("a", made)])
    assert [merged.name for merged in story.speakers] == ["Ada Vasarab", "Ion Vasarab", "Vasarab"]


def test_place_is_listed_once_with_the_mentions_of_all_articles() -> None:
    (place,) = tell_story(two_reports()).locations
    assert [(mention.article_id, mention.span) for mention in place.mentions] == [
        ("a", Span(0, 1)),
        ("b", Span(3, 9)),
    ]


def test_title_is_the_one_that_says_most_of_the_story() -> None:
    story = tell_story(two_reports())
    assert (story.title, story.title_id) == ("Danube flood passes Galati", "a")


def test_of_a_told_story_only_the_new_is_told() -> None:
    story = tell_story(two_reports(), told={"a"})
    assert story.new_ids == ("b",)
    assert story.key_points == ()
    (merged,) = story.speakers
    assert [said.statement.text for said in merged.statements] == ["“We will repair every dyke,”"]


def test_story_names_the_article_of_every_span() -> None:
    articles = two_reports()
    found = story_to_dict(tell_story(articles), cluster=3, ids={"a": 1, "b": [2]})
    assert (found["cluster"], found["ids"]) == (3, [1, [2]])
    texts = {repr(1): FLOOD, repr([2]): FLOOD_TOO}
    statements = found["speakers"][0]["statements"]
    for part in (*found["key_points"], *statements, *(said["mention"] for said in statements)):
        assert texts[repr(part["id"])][part["start"] : part["end"]] == part["text"]
    assert [mention["id"] for mention in found["locations"][0]["mentions"]] == [1, [2]]
    assert [point["rank"] for point in found["key_points"]] == [1, 2]


def test_edition_shows_so_many_stories_and_keeps_the_rest() -> None:
    stories = group_stories([article("h", HARVEST), article("a", FLOOD), article("b", FLOOD_TOO)])
    edition = compose_edition(stories, max_stories=1)
    assert edition is not None
    assert (ids(edition.stories), ids(edition.more)) == ([("a", "b")], [("h",)])
    assert edition.articles == 3
    assert set(edition.told_ids) == {"a", "b", "h"}


def test_nothing_new_is_no_edition() -> None:
    told = {"a", "b", "h"}
    articles = [article("a", FLOOD), article("h", HARVEST)]
    assert compose_edition(group_stories(articles, told=told), max_stories=7) is None
    assert compose_edition((), max_stories=7) is None


def test_article_that_only_repeats_a_told_story_is_no_news() -> None:
    one, other = two_reports()
    other = replace(other, digest=replace(other.digest, speakers=()))
    assert compose_edition([tell_story([one, other], told={"a"})], max_stories=7) is None


@given(st.lists(st.sampled_from([FLOOD, FLOOD_TOO, HARVEST, ""]), max_size=8))
def test_every_article_is_in_one_story(texts: list[str]) -> None:
    articles = [article(str(number), text) for number, text in enumerate(texts)]
    told = [id_ for story in group_stories(articles) for id_ in story.ids]
    assert sorted(told) == sorted(one.id for one in articles)
