"""`nutgraf stories`: JSON Lines of articles in, one line out for each story they tell."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.batch import LinkDigester, digest_answers, error_line, failure_of
from newsroom.digesting import Digester
from newsroom.stories import StoryArticle, tell_story
from newsroom.story_groups import StoryGroups
from newsroom.story_profiles import Profile, read_profile
from newsroom.story_wire import story_to_dict
from summarizer.models import Digest
from summarizer.wire import to_json

READ_AHEAD = 500
"""So many articles are at hand before the first is put into a story: they tell which words are
rare."""


class StoryTeller:
    """Puts digests into stories as they come, and keeps of them what a story may state."""

    def __init__(self) -> None:
        self._groups = StoryGroups()
        self._articles: dict[int, tuple[object, StoryArticle]] = {}
        self._waiting: list[tuple[int, Profile]] = []
        self._count = 0
        self._told = 0

    def add(self, line_id: object, digest: Digest) -> Iterator[str]:
        """Take in a digest; gives the stories that are finished thereby."""
        number, self._count = self._count, self._count + 1
        self._waiting.append((number, read_profile(digest)))
        slim = replace(digest, article=replace(digest.article, text=""), boilerplate=())
        self._articles[number] = (line_id, StoryArticle(str(number), slim))
        if len(self._waiting) >= READ_AHEAD:
            yield from self._group_waiting()

    def finish(self) -> Iterator[str]:
        """All stories that are left."""
        yield from self._group_waiting()
        for members in self._groups.finish():
            yield self._tell(members)

    def _group_waiting(self) -> Iterator[str]:
        self._groups.learn([profile for _, profile in self._waiting])
        for number, profile in self._waiting:
            for members in self._groups.add(number, profile):
                yield self._tell(members)
        self._waiting.clear()

    def _tell(self, members: Sequence[int]) -> str:
        known = [self._articles.pop(number) for number in members]
        story = tell_story([article for _, article in known])
        self._told += 1
        ids = {article.id: line_id for line_id, article in known}
        return to_json(story_to_dict(story, cluster=self._told, ids=ids))


def story_lines(lines: Iterable[bytes], digester: Digester, links: LinkDigester) -> Iterator[str]:
    """One line of JSON for each story; a bad line gives an error line at once.

    Stories come at the end of the input, those of a long one when nothing was added to them for
    thousands of articles.
    """
    teller = StoryTeller()
    for answer in digest_answers(lines, digester, links):
        failure = failure_of(answer)
        if failure is not None:
            yield error_line(answer, failure)
        else:
            yield from teller.add(answer.line_id, answer.digest.result())
    yield from teller.finish()
