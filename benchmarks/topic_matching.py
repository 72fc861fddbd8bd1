"""What it costs to find the followers of an article: CPU against asking each topic in turn.

    python benchmarks/topic_matching.py articles.jsonl [--followers N ...] [--rounds N]

articles.jsonl has a "text" on each line. Topics are drawn from its own words, so that they match:
half one word, a fifth a phrase of two, the rest two words, with a few that never match. The naive
way looks for the prepared words of every topic in the text; it is measured on few topics and
scaled.
"""

import argparse
import json
import random
import time
from pathlib import Path
from statistics import median

from newsroom.topic_index import Findings, TopicIndex
from newsroom.words import find_words, fold_words, stem_words
from storage.models import Term, WordsTopic
from summarizer.likeness import stop_words

NAIVE_TOPICS = 2_000
SEED = 20


def draw_topics(texts: list[str], count: int) -> list[WordsTopic]:
    draw = random.Random(SEED)  # noqa: S311 - a sample
    words = [
        [word for word in find_words(text) if word.lower() not in stop_words()] for text in texts
    ]
    words = [found for found in words if len(found) > 2]
    return [_draw_topic(draw, words) for _ in range(count)]


def _draw_topic(draw: random.Random, words: list[list[str]]) -> WordsTopic:
    article = draw.choice(words)
    at = draw.randrange(len(article) - 1)
    kind = draw.random()
    if kind < 0.15:
        return WordsTopic((Term(f"{article[at]}xq{draw.randrange(10_000)}"),))
    if kind < 0.55:
        return WordsTopic((Term(article[at]),))
    if kind < 0.75:
        return WordsTopic((Term(f"{article[at]} {article[at + 1]}", exact=True),))
    return WordsTopic((Term(article[at]), Term(draw.choice(article))))


def prepare(topics: list[WordsTopic]) -> list[list[tuple[bool, str]]]:
    """Terms as the naive way looks for them: with spaces around, in the text as made by `spell`."""
    return [
        [(term.exact, spell(term.text)[term.exact]) for term in topic.terms] for topic in topics
    ]


def spell(text: str) -> tuple[str, str]:
    """A text in stems, and as it is written but for case and accents."""
    folded = fold_words(find_words(text))
    return f" {' '.join(stem_words(folded))} ", f" {' '.join(folded)} "


def ask_each(topics: list[list[tuple[bool, str]]], text: str) -> int:
    forms = spell(text)
    return sum(all(words in forms[exact] for exact, words in topic) for topic in topics)


def measure(texts: list[str], followers: int, rounds: int) -> None:
    topics = draw_topics(texts, followers)
    started = time.process_time()
    index = TopicIndex()
    for follower, topic in enumerate(topics):
        index.add(follower, topic)
    built = time.process_time() - started
    costs, matches = [], []
    for round_ in range(rounds + 1):
        for text in texts:
            started = time.process_time()
            matched = index.match(Findings(text))
            if round_:  # the first round fills the caches of words
                costs.append(1000 * (time.process_time() - started))
                matches.append(len(matched))
    naive, asked = [], prepare(topics[:NAIVE_TOPICS])
    for text in texts[:10]:
        started = time.process_time()
        ask_each(asked, text)
        naive.append(1000 * (time.process_time() - started) * followers / NAIVE_TOPICS)
    mean = sum(costs) / len(costs)
    print(
        f"{followers:,} followers: built in {built:.1f} s; an article {mean:.2f} ms mean, "
        f"{median(costs):.2f} ms median, {sum(matches) / len(matches):.0f} matches; "
        f"naive {median(naive):.0f} ms, ratio {mean / median(naive):.4f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", type=Path)
    parser.add_argument("--followers", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    lines = arguments.articles.read_text("utf-8").splitlines()[:100]
    texts = [json.loads(line)["text"] for line in lines]
    for followers in arguments.followers:
        measure(texts, followers, arguments.rounds)


if __name__ == "__main__":
    main()
