"""What key points cost beyond the shared parse, and how that grows with the text.

    python benchmarks/key_points_cost.py [FILE] [--rounds N]

The FILE (default: the built-in example) is told over and over, its words numbered anew each time,
to texts of 600, 20,000 and 100,000 words. For each: CPU milliseconds of reading the lines, the
sentences with their grammar, and the ranking, as the median of the rounds; their sum as a ratio to
the parse of the same text, which does not depend on the machine; and the growth against words.
Texts beyond the limit of the digest are ranked as far as they are digested.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from summarizer.boilerplate import read_layout
from summarizer.language import default_model, load_model
from summarizer.parsing import cut_to_limit, parse, to_parseable
from summarizer.round_ups import find_items
from summarizer.salience import rank_key_points
from summarizer.sentence_grammar import read_grammar
from summarizer.sentences import split_sentences

EXAMPLE = Path(__file__).parents[1] / "bot/data/example.txt"
SIZES = (600, 20_000, 100_000)
NUMBERED = 7
"""Every so many words one is numbered, so that no sentence repeats another."""


def tell_again(text: str, words: int) -> str:
    """The text, told until it has about so many words, no two tellings alike."""
    told: list[str] = []
    count = 0
    while count < words:
        for line in text.splitlines():
            numbered = [
                f"{word}{count + i}" if i % NUMBERED == NUMBERED - 1 and word.isalpha() else word
                for i, word in enumerate(line.split())
            ]
            told.append(" ".join(numbered))
            count += len(numbered)
    return "\n".join(told)


def cpu_ms(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return 1000 * (time.process_time() - start), result


def measure(nlp: Any, text: str, rounds: int) -> tuple[float, float]:
    """CPU milliseconds of the key points and of the parse, medians over the rounds."""
    points, parses = [], []
    for _ in range(rounds):
        with nlp.memory_zone():
            read = cut_to_limit(nlp, to_parseable(text))
            parsing, doc = cpu_ms(lambda read=read: parse(nlp, read))
            parses.append(parsing)
            points.append(cpu_ms(lambda read=read, doc=doc: find_points(read, doc))[0])
    return median(points), median(parses)


def find_points(text: str, doc: Any) -> None:
    layout = read_layout(text)
    sentences = split_sentences(doc, layout.paragraphs)
    rank_key_points(
        text,
        sentences,
        title=layout.title,
        method="nutgraf",
        count=7,
        grammar=read_grammar(doc, sentences),
        items=find_items(text, layout),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=EXAMPLE)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    nlp = load_model(default_model())
    text = arguments.file.read_text("utf-8")
    measure(nlp, text, 1)  # tables and caches
    for size in SIZES:
        told = tell_again(text, size)
        points, parsing = measure(nlp, told, arguments.rounds)
        read = len(cut_to_limit(nlp, to_parseable(told)).split())
        print(
            f"{len(told.split()):,} words, {read:,} digested: key points {points:.1f} ms, "
            f"{1000 * points / read:.1f} ms per 1,000 words, parse {parsing:.0f} ms, "
            f"ratio {points / parsing:.2f}"
        )


if __name__ == "__main__":
    main()
