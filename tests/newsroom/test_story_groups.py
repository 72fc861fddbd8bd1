from itertools import pairwise

from newsroom.story_groups import StoryGroups
from newsroom.story_profiles import Profile, read_profile
from support.digests import digest_of


def profile(text: str) -> Profile:
    return read_profile(digest_of(text))


def event(number: int) -> str:
    """A text that shares no word with that of another number."""
    return " ".join(f"{word}{number}" for word in ("Arvo", "Orlock", "dyke", "bridge", "mayor"))


def test_article_like_two_stories_makes_them_one() -> None:
    groups = StoryGroups()
    first, second = "Galati flood walls held", "Braila dyke repair funds"
    profiles = [profile(first), profile(second), profile(f"{first} {second}")]
    groups.learn(profiles)
    finished = [list(groups.add(number, made)) for number, made in enumerate(profiles)]
    assert finished == [[], [], []]
    assert list(groups.finish()) == [(0, 1, 2)]


def test_story_that_was_quiet_longest_is_given_out_first() -> None:
    groups = StoryGroups(capacity=3)
    profiles = [profile(event(number)) for number in (1, 2, 1, 3)]
    groups.learn(profiles)
    finished = [members for n, made in enumerate(profiles) for members in groups.add(n, made)]
    assert finished == [(1,)]
    assert list(groups.finish()) == [(0, 2), (3,)]


def test_long_stream_keeps_no_more_articles_than_it_may() -> None:
    groups, given_out = StoryGroups(capacity=10), 0
    for number in range(60):
        made = profile(event(number))
        groups.learn([made])
        given_out += sum(len(members) for members in groups.add(number, made))
        assert number + 1 - given_out <= 10
    assert given_out + sum(len(members) for members in groups.finish()) == 60


def test_years_long_past_do_not_tell_when_an_article_was_written() -> None:
    text = "Danube flood passes Galati as walls hold and 3,400 lose power. "
    groups = StoryGroups()
    profiles = [profile(text + "The worst since 1970."), profile(text + "In 2031 again.")]
    groups.learn(profiles)
    for number, made in enumerate(profiles):
        list(groups.add(number, made))
    assert list(groups.finish()) == [(0, 1)]


def test_story_does_not_grow_by_a_chain_of_likenesses() -> None:
    groups = StoryGroups()
    links = [event(number) for number in range(12)]
    profiles = [profile(f"{one} {other}") for one, other in pairwise(links)]
    groups.learn(profiles)
    for number, made in enumerate(profiles):
        list(groups.add(number, made))
    assert len(list(groups.finish())) > 1


def test_story_larger_than_all_that_is_kept_is_given_out() -> None:
    groups = StoryGroups(capacity=2)
    profiles = [profile(event(1))] * 3
    groups.learn(profiles)
    finished = [members for n, made in enumerate(profiles) for members in groups.add(n, made)]
    assert finished == [(0, 1, 2)]
