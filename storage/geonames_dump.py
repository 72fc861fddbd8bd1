"""Places of a GeoNames dump (allCountries, cities500, one country): tab-separated, 19 columns."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO

from storage.errors import DumpUnusable
from storage.gazetteer_drafts import KINDS, NO_LEVEL, Draft
from summarizer.gazetteer import Form
from summarizer.models import LocationKind

COLUMNS = 19
"""https://download.geonames.org/export/dump/readme.txt, "the main 'geoname' table"."""
MAX_BAD_LINES = 100
"""A file with more of them before the first good one is no dump."""
_TELL_EVERY = 20_000
_LEVELS = {"ADM1": 1, "ADM2": 2}


@dataclass(frozen=True, slots=True)
class Dump:
    """A file as GeoNames offers it for download: the table itself, or zipped under its name."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def read(
        self, subdivisions: Mapping[str, int], tell: Callable[[float], None]
    ) -> Iterator[Draft]:
        """The places of kinds that news tell of; raises DumpUnusable for any other file.

        `subdivisions` are ids by code ("US.TX", "US.TX.201"), `tell` takes the share that is read.
        """
        good = bad = 0
        with self._open() as (raw, size):
            table = io.TextIOWrapper(raw, "utf-8", errors="replace", newline="\n")
            for number, line in enumerate(table):
                if number % _TELL_EVERY == 0:
                    tell(min(1.0, raw.tell() / size))
                fields = line.rstrip("\n").split("\t")
                try:
                    draft = _draft(fields, subdivisions)
                except (ValueError, IndexError):
                    bad += 1
                    if not good and bad > MAX_BAD_LINES:
                        break
                    continue
                good += 1
                if draft is not None:
                    yield draft
        if not good:
            raise DumpUnusable(str(self.path), "it has no line of a GeoNames table")

    @contextmanager
    def _open(self) -> Iterator[tuple[IO[bytes], int]]:
        """The table and its size, in bytes."""
        try:
            if not zipfile.is_zipfile(self.path):
                with self.path.open("rb") as plain:
                    yield plain, max(1, self.path.stat().st_size)
                return
            with zipfile.ZipFile(self.path) as archive:
                member = archive.getinfo(_table_of(self.path, archive))
                with archive.open(member) as packed:
                    yield packed, max(1, member.file_size)
        except (OSError, zipfile.BadZipFile) as exc:
            raise DumpUnusable(str(self.path), str(exc)) from exc


def _table_of(path: Path, archive: zipfile.ZipFile) -> str:
    """The member that holds the table: the one named like the archive, else the greatest."""
    named = f"{path.stem}.txt"
    texts = [member for member in archive.infolist() if member.filename.endswith(".txt")]
    if not texts:
        raise DumpUnusable(str(path), "it holds no .txt file")
    if any(member.filename == named for member in texts):
        return named
    return max(texts, key=lambda member: member.file_size).filename


def _draft(fields: list[str], subdivisions: Mapping[str, int]) -> Draft | None:
    """The place of a line, or None where it is of a kind that is left out."""
    if len(fields) != COLUMNS:
        raise ValueError(f"{len(fields)} columns")
    geonames_id, name, plain, alternates = int(fields[0]), fields[1], fields[2], fields[3]
    latitude, longitude = float(fields[4]), float(fields[5])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("no point on Earth")
    code, country = fields[7], fields[8]
    kind = _kinds().get(f"{fields[6]}.{code}")
    minor = kind not in ("city", "admin")
    if kind is None or (minor and " " not in name):
        return None  # a brook called "Winter" would only mislead
    draft = Draft(geonames_id, geonames_id, name, kind, level=_LEVELS.get(code, NO_LEVEL))
    draft.minor = minor
    draft.country = country or None
    draft.latitude, draft.longitude = latitude, longitude
    draft.population = int(fields[14] or 0)
    draft.capital = code == "PPLC"
    draft.admin1 = subdivisions.get(f"{country}.{fields[10]}")
    draft.admin2 = subdivisions.get(f"{country}.{fields[10]}.{fields[11]}")
    draft.add_name(name, Form.NAME)
    draft.add_name(plain, Form.NAME)
    if not minor:
        draft.add_alternates(filter(None, alternates.split(",")))
    return draft


@cache
def _kinds() -> Mapping[str, LocationKind]:
    """Which of our kinds a feature code of GeoNames is."""
    table = files("storage").joinpath("data", "features.csv").read_text(encoding="utf-8")
    return {row["code"]: KINDS[row["kind"]] for row in csv.DictReader(table.splitlines())}
