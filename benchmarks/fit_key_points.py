"""Fit the weights of key points to human summaries, and say what they bring on unseen articles.

    python benchmarks/fit_key_points.py SET.jsonl ... [--folds 5] [--cache FOLDER] [--write]

Each line of a SET is {"id", "title"?, "text", "reference": [sentence, ...]} or, with several
summaries, {"references": [[sentence, ...], ...]}. Nothing of the sets gets into the project but
the weights.

Minimum risk training: of every article the best sentences by the weights so far are the
candidates; each three of them that don't repeat each other are a possible answer, worth its
ROUGE-1 + ROUGE-2 against the summaries. A softmax over the answers' summed scores gives each a
probability, and the weights are moved to raise the expected worth, held back by an L2 penalty on
the weights per standard deviation of their feature. Weights set by hand in
`summarizer/data/salience.toml` stay as they are. Everything is deterministic.

The figures are those of articles held out: the weights of each fold are fitted on the others.
`--write` fits on all of them and writes `summarizer/data/weights.toml`.
"""

import argparse
import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rouge import GramCounts, rouge
from spacy.tokens import Doc, DocBin

from summarizer.boilerplate import read_layout
from summarizer.choice import REPETITION, choose_best
from summarizer.datelines import skip_dateline
from summarizer.language import default_model, load_model, method_label
from summarizer.likeness import Vector, content_stems, likeness, weigh_words
from summarizer.parsing import cut_to_limit, parse, to_parseable
from summarizer.sentence_features import FEATURE_NAMES, measure_sentences
from summarizer.sentence_grammar import read_grammar
from summarizer.sentence_scores import weights_by_hand
from summarizer.sentences import split_sentences

WEIGHTS_FILE = Path(__file__).parents[1] / "summarizer/data/weights.toml"
POINTS = 3
CANDIDATES = 12
START = {"lead": 1.5, "central": 2.8, "short": -1.2, "long": -1.5}
"""Weights that choose the candidates of the first of two rounds."""
ROUNDS = 2
PENALTY = 0.5
STEPS = 150
STEP = 0.05
RESAMPLES = 1000
ATTRIBUTES = ("SENT_START", "HEAD", "DEP", "TAG", "ENT_IOB", "ENT_TYPE")

Floats = NDArray[np.float64]
ANSWERS = np.array(list(itertools.combinations(range(CANDIDATES), POINTS)))
"""Every answer as places among the candidates."""
MEMBERS = np.zeros((CANDIDATES, len(ANSWERS)))
MEMBERS[ANSWERS.T, np.arange(len(ANSWERS))] = 1


@dataclass(frozen=True, slots=True)
class Example:
    """An article with summaries: the features, words and worth of its sentences."""

    features: Floats  # sentences x features
    vectors: list[Vector]
    grams: list[GramCounts]
    references: list[GramCounts]
    known: dict[tuple[int, ...], tuple[float, float]] = field(default_factory=dict)

    def worth(self, places: tuple[int, ...]) -> tuple[float, float]:
        """ROUGE-1 and ROUGE-2 of these sentences, computed once."""
        if places not in self.known:
            self.known[places] = rouge([self.grams[i] for i in places], self.references)
        return self.known[places]


@dataclass(frozen=True, slots=True)
class Answers:
    """The possible answers of all articles, as arrays with the article as first axis."""

    features: Floats  # of the candidates
    worth: Floats  # of the answers
    allowed: NDArray[np.bool_]


def read_examples(path: Path, nlp: Any, cache: Path | None) -> list[Example]:
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    docs = read_docs(rows, path.stem, nlp, cache)
    examples = [to_example(doc, row) for doc, row in zip(docs, rows, strict=True)]
    return [example for example in examples if len(example.grams) > POINTS]


def read_docs(rows: list[dict[str, Any]], name: str, nlp: Any, cache: Path | None) -> list[Doc]:
    """The parsed articles, from the cache where there is one."""
    file = cache / f"{name}.{nlp.meta['name']}.docbin" if cache else None
    if file and file.is_file():
        return list(DocBin().from_disk(file).get_docs(nlp.vocab))
    docs = [parse(nlp, cut_to_limit(nlp, to_parseable(text_of(row)))) for row in rows]
    if file:
        DocBin(attrs=ATTRIBUTES, docs=docs).to_disk(file)
    return docs


def text_of(row: dict[str, Any]) -> str:
    """The article as one would paste it."""
    return f"{row['title']}\n\n{row['text']}" if row.get("title") else str(row["text"])


def to_example(doc: Doc, row: dict[str, Any]) -> Example:
    layout = read_layout(doc.text)
    spans = split_sentences(doc, layout.paragraphs)
    grammar = read_grammar(doc, spans)
    sentences = [skip_dateline(doc.text, span).text_of(doc.text) for span in spans]
    measured = measure_sentences(sentences, title=layout.title, grammar=grammar)
    references = row.get("references") or [row["reference"]]
    return Example(
        features=np.array([[m.value_of(name) for name in FEATURE_NAMES] for m in measured]),
        vectors=weigh_words([content_stems(sentence) for sentence in sentences]),
        grams=[GramCounts.of(sentence) for sentence in sentences],
        references=[GramCounts.of(" ".join(reference)) for reference in references],
    )


def weights_from(table: dict[str, float]) -> Floats:
    return np.array([(table | weights_by_hand()).get(name, 0.0) for name in FEATURE_NAMES])


def list_answers(examples: list[Example], weights: Floats) -> Answers:
    features = np.zeros((len(examples), CANDIDATES, len(FEATURE_NAMES)))
    worth = np.zeros((len(examples), len(ANSWERS)))
    allowed = np.zeros((len(examples), len(ANSWERS)), dtype=bool)
    for n, example in enumerate(examples):
        order = np.argsort(-(example.features @ weights), kind="stable")[:CANDIDATES]
        places = sorted(order.tolist())
        features[n, : len(places)] = example.features[places]
        apart = are_apart(example, places)
        for a, answer in enumerate(ANSWERS.tolist()):
            if answer[-1] < len(places) and all(apart[pair] for pair in pairs_of(answer)):
                allowed[n, a] = True
                worth[n, a] = sum(example.worth(tuple(places[i] for i in answer)))
    answerable = allowed.any(axis=1)
    return Answers(features[answerable], worth[answerable], allowed[answerable])


def pairs_of(answer: list[int]) -> list[tuple[int, int]]:
    return list(itertools.combinations(answer, 2))


def are_apart(example: Example, places: list[int]) -> dict[tuple[int, int], bool]:
    return {
        (i, j): likeness(example.vectors[places[i]], example.vectors[places[j]]) < REPETITION
        for i, j in pairs_of(list(range(len(places))))
    }


def fit(examples: list[Example]) -> Floats:
    weights = weights_from(START)
    for _ in range(ROUNDS):
        weights = raise_worth(list_answers(examples, weights))
    return weights


def raise_worth(answers: Answers) -> Floats:
    """The weights of highest expected worth, by Adam from the weights set by hand."""
    spread = answers.features.reshape(-1, len(FEATURE_NAMES)).std(axis=0) + 1e-6
    features = answers.features / spread
    free = np.array([name not in weights_by_hand() for name in FEATURE_NAMES])
    scaled = weights_from({}) * spread
    mean, square = np.zeros_like(scaled), np.zeros_like(scaled)
    forbidden = np.where(answers.allowed, 0.0, -1e9)
    for step in range(1, STEPS + 1):
        scores = (features @ scaled) @ MEMBERS + forbidden
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        expected = (chance * answers.worth).sum(axis=1, keepdims=True)
        by_sentence = (chance * (answers.worth - expected)) @ MEMBERS.T / len(features)
        slope = np.einsum("ns,nsf->f", by_sentence, features) - PENALTY * scaled
        slope[~free] = 0
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        size = STEP if step <= 0.6 * STEPS else 0.3 * STEP
        upward = mean / (1 - 0.9**step)
        scaled = scaled + size * upward / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return scaled / spread


def evaluate(examples: list[Example], weights: Floats) -> Floats:
    """ROUGE-1 and ROUGE-2 of the first three sentences and of the three chosen, by article."""
    rows = []
    for example in examples:
        scores = (example.features @ weights).tolist()
        chosen = choose_best(scores, example.vectors, wanted=POINTS)
        first = tuple(range(POINTS))
        rows.append([*example.worth(first), *example.worth(tuple(sorted(chosen)))])
    return np.array(rows)


def cross_validate(sets: dict[str, list[Example]], folds: int) -> None:
    held_out: dict[str, list[Floats]] = {name: [] for name in sets}
    for fold in range(folds):
        rest = [
            example
            for examples in sets.values()
            for i, example in enumerate(examples)
            if i % folds != fold
        ]
        weights = fit(rest)
        for name, examples in sets.items():
            held_out[name].append(evaluate(examples[fold::folds], weights))
    for name, parts in held_out.items():
        report(name, np.vstack(parts))


def report(name: str, rows: Floats) -> None:
    gain = (rows[:, 2] + rows[:, 3] - rows[:, 0] - rows[:, 1]) / 2
    random = np.random.default_rng(1)
    means = random.choice(gain, (RESAMPLES, len(gain))).mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    lead_1, lead_2, one, two = rows.mean(axis=0)
    print(
        f"{name}: {len(rows)} articles, ROUGE-1 / 2 {one:.2f} / {two:.2f}, first three "
        f"{lead_1:.2f} / {lead_2:.2f}, "
        f"mean gain {gain.mean():+.2f} (95 % {low:+.2f} ... {high:+.2f})"
    )


def write_weights(weights: Floats, sets: dict[str, list[Example]]) -> None:
    sizes = ", ".join(f"{len(examples)} of {name}" for name, examples in sets.items())
    lines = [
        "# Written by benchmarks/fit_key_points.py; not to be changed by hand.",
        f"# Fitted on articles: {sizes}; model {method_label('', default_model())[1:]}.",
        "[weights]",
        *(
            f"{name} = {value:.2f}"
            for name, value in zip(FEATURE_NAMES, weights, strict=True)
            if name not in weights_by_hand()
        ),
    ]
    WEIGHTS_FILE.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--cache", type=Path, help="folder that keeps the parsed articles")
    parser.add_argument("--write", action="store_true", help="write the weights to the project")
    arguments = parser.parse_args()
    nlp = load_model(default_model())
    sets = {path.stem: read_examples(path, nlp, arguments.cache) for path in arguments.sets}
    if arguments.folds > 1:
        cross_validate(sets, arguments.folds)
    if arguments.write:
        write_weights(fit([example for examples in sets.values() for example in examples]), sets)


if __name__ == "__main__":
    main()
