"""What an edition says: the stories with something new, and how many there are more."""

from collections.abc import Sequence
from dataclasses import dataclass

from newsroom.stories import Story


@dataclass(frozen=True, slots=True)
class Edition:
    """`stories` are shown, `more` wait behind a button; the ones most reported come first."""

    stories: tuple[Story, ...]
    more: tuple[Story, ...]

    @property
    def articles(self) -> int:
        """How many articles are new in it."""
        return sum(len(story.new_ids) for story in (*self.stories, *self.more))

    @property
    def told_ids(self) -> tuple[str, ...]:
        """The articles that count as told once it is delivered; those behind the button too."""
        return tuple(id_ for story in (*self.stories, *self.more) for id_ in story.new_ids)


def compose_edition(stories: Sequence[Story], *, max_stories: int) -> Edition | None:
    """An edition of the stories with something new; None where nothing is.

    The more articles report a story the earlier it comes, then the newer one.
    """
    news = [(number, story) for number, story in enumerate(stories) if _is_news(story)]
    news.sort(key=lambda numbered: (-len(numbered[1].new_ids), -numbered[0]))
    if not news:
        return None
    ordered = tuple(story for _, story in news)
    return Edition(ordered[:max_stories], ordered[max_stories:])


def _is_news(story: Story) -> bool:
    """A story that was told is news again only with points or statements it did not have."""
    was_told = len(story.new_ids) < len(story.ids)
    return bool(story.new_ids) and (not was_told or bool(story.key_points or story.speakers))
