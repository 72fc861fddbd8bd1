"""What a digest costs beyond the spaCy parse that it stands on: CPU ratios within one run.

    python benchmarks/digest_cost.py [FILE ...] [--rounds N]

cold   the whole command `nutgraf digest FILE` against a process that loads the same model with the
       same pipes and parses the same text
warm   `Summarizer.summarize` against the bare parse, in one process, text by text in turn

CPU seconds (user and system) of the process, medians over the rounds, both sides in turn, so that a
machine that slows down slows both. FILEs default to the built-in example.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

EXAMPLE = Path(__file__).parents[1] / "bot/data/example.txt"
BARE_PARSE = """
import sys
from pathlib import Path
import spacy
from summarizer.language import UNUSED_PIPES, default_model, find_model
nlp = spacy.load(find_model(default_model()), exclude=UNUSED_PIPES)
nlp(Path(sys.argv[1]).read_text("utf-8"))
"""


def child_cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure_cold(files: list[Path], rounds: int) -> None:
    bare, whole = [], []
    for file in files:
        for round_ in range(rounds + 1):
            parse = child_cpu([sys.executable, "-c", BARE_PARSE, str(file)])
            digest = child_cpu([sys.executable, "-m", "bot", "digest", str(file)])
            if round_:  # the first round fills the disk cache
                bare.append(parse)
                whole.append(digest)
    print_ratio("cold", whole, bare, "s")


def measure_warm(files: list[Path], rounds: int) -> None:
    from bot.config import gazetteer_path, load_config
    from summarizer.models import Article
    from summarizer.parsing import to_parseable
    from summarizer.pipeline import load_summarizer

    summarizer = load_summarizer(gazetteer_path(load_config()))
    bare, whole = [], []
    for round_ in range(rounds + 1):
        for file in files:
            text = file.read_text("utf-8")
            start = time.process_time()
            with summarizer.nlp.memory_zone():
                summarizer.nlp(to_parseable(text))
            parsed = time.process_time()
            summarizer.summarize(Article(text))
            done = time.process_time()
            if round_:
                bare.append(1000 * (parsed - start))
                whole.append(1000 * (done - parsed))
    print_ratio("warm", whole, bare, "ms")


def print_ratio(name: str, whole: list[float], bare: list[float], unit: str) -> None:
    ratios = [a / b for a, b in zip(whole, bare, strict=True)]
    print(
        f"{name}: digest {median(whole):.3g} {unit}, bare parse {median(bare):.3g} {unit}, "
        f"ratio {median(ratios):.2f} (min {min(ratios):.2f}, max {max(ratios):.2f}, "
        f"n={len(ratios)})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[EXAMPLE], metavar="FILE")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    measure_cold(arguments.files, arguments.rounds)
    measure_warm(arguments.files, arguments.rounds)


if __name__ == "__main__":
    main()
