"""Kill `nutgraf run` again and again while people write to it; say what was lost or doubled.

    PYTHONPATH=.:tests python benchmarks/kills.py GAZETTEER [--kills 1000] [--seed 1] \
        [--each 25] [--real]

Each database sees `--each` kills, with a seed of its own: SEED, SEED + 1, ... Without `--real` the
worker processes are real and a digest is not: it takes 40 ms and no model is loaded.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from support.bot_api import BotApiServer
from support.kills import Found, Killing
from support.prelaunched import Prelauncher


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gazetteer", type=Path)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=25)
    parser.add_argument("--real", action="store_true")
    options = parser.parse_args()
    found = Found()
    seeds = range(options.seed, options.seed + -(-options.kills // options.each))
    with Prelauncher(light=not options.real) as launcher:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as name, BotApiServer() as server:
                killing = Killing(
                    server,
                    Path(name),
                    options.gazetteer.resolve(),
                    seed=seed,
                    launch=launcher.launch,
                )
                found.add(await killing.run(min(options.each, options.kills - found.kills)))
            for fault in found.faults:
                print(fault)
            print(f"seed {seed}: {found.kills} kills, {found.asked} messages to answer", flush=True)
    print(f"{found.kills} kills, seeds {seeds[0]} to {seeds[-1]}: {found.asked} to answer")
    print(f"  faults {len(found.faults)}, sent twice as the answer was lost {found.repeated}")
    for name, count in found.hit.most_common():
        print(f"  {count:4d} {name}")
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
