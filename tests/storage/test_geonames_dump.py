import zipfile
from pathlib import Path

import pytest

from storage.errors import DumpUnusable
from storage.gazetteer_drafts import Draft
from storage.geonames_dump import MAX_BAD_LINES, Dump

SUBDIVISIONS = {"US.TX": 1, "US.TX.201": 2}


def line(number: int, name: str, feature: str, **fields: str) -> str:
    """A row of the table; `feature` is class and code: "P.PPL"."""
    group, _, code = feature.partition(".")
    columns = [""] * 19
    columns[0:4] = str(number), name, fields.get("plain", name), fields.get("alternates", "")
    columns[4:6] = fields.get("latitude", "30.5"), fields.get("longitude", "-95.5")
    columns[6:9] = group, code, fields.get("country", "US")
    columns[10:12] = fields.get("admin1", "TX"), fields.get("admin2", "201")
    columns[14] = fields.get("population", "0")
    return "\t".join(columns) + "\n"


def read(path: Path, *lines: str) -> dict[str, Draft]:
    path.write_text("".join(lines), "utf-8")
    return {d.name: d for d in Dump(path).read(SUBDIVISIONS, lambda share: None)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "XX.txt"


def test_village_is_a_city_in_its_subdivisions(path: Path) -> None:
    village = read(path, line(90_000_001, "Quillmarsh", "P.PPL", population="212"))["Quillmarsh"]
    assert (village.kind, village.country, village.population) == ("city", "US", 212)
    assert (village.admin1, village.admin2) == (1, 2)
    assert (village.latitude, village.longitude, village.minor) == (30.5, -95.5, False)


def test_other_names_are_kept_codes_are_not(path: Path) -> None:
    village = read(path, line(1, "Quillmarsh", "P.PPL", alternates="QMH,Kvillmark,Квилмарш"))
    assert set(village["Quillmarsh"].names) == {"quillmarsh", "kvillmark"}


@pytest.mark.parametrize(
    ("feature", "kind"),
    [
        ("H.STM", "water"),
        ("T.MTS", "region"),
        ("S.DAM", "landmark"),
        ("A.ADM1", "admin"),
        ("A.ADM2", "admin"),
    ],
)
def test_kind_follows_from_the_code(path: Path, feature: str, kind: str) -> None:
    assert read(path, line(1, "Quill Marsh", feature))["Quill Marsh"].kind == kind


def test_feature_of_one_word_is_left_out(path: Path) -> None:
    """Brooks called "Winter" would be found everywhere; "Winter Brook" tells what it is."""
    found = read(path, line(1, "Winter", "H.STM"), line(2, "Winter Brook", "H.STM"))
    assert list(found) == ["Winter Brook"]
    assert found["Winter Brook"].minor


def test_kinds_that_news_do_not_tell_of_are_left_out(path: Path) -> None:
    lines = (
        line(1, "Old Quill", "P.PPLH"),
        line(2, "A Well", "H.WLL"),
        line(3, "New Quill", "P.PPL"),
    )
    assert list(read(path, *lines)) == ["New Quill"]


def test_bad_lines_are_passed_over(path: Path) -> None:
    good = line(5, "Quillmarsh", "P.PPL")
    bad = ("nonsense\n", line(1, "North", "P.PPL", latitude="95"), good.replace("5\t", "x\t", 1))
    assert list(read(path, *bad, good)) == ["Quillmarsh"]


@pytest.mark.parametrize("text", ["", "name,kind\nA,b\n", "x\n" * (MAX_BAD_LINES + 5)])
def test_other_file_is_refused(path: Path, text: str) -> None:
    with pytest.raises(DumpUnusable):
        read(path, text)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DumpUnusable):
        list(Dump(tmp_path / "none.txt").read({}, lambda share: None))


def test_table_is_read_from_its_archive(tmp_path: Path) -> None:
    path = tmp_path / "XX.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "about this file\n" * 500)
        archive.writestr("XX.txt", line(1, "Quillmarsh", "P.PPL"))
    shares: list[float] = []
    assert [d.name for d in Dump(path).read({}, shares.append)] == ["Quillmarsh"]
    assert all(0 <= share <= 1 for share in shares)


def test_archive_without_a_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "XX.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("picture.png", b"")
    with pytest.raises(DumpUnusable):
        list(Dump(path).read({}, lambda share: None))


def test_broken_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "XX.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("XX.txt", line(1, "Quillmarsh", "P.PPL") * 500)
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    with pytest.raises(DumpUnusable):
        list(Dump(path).read({}, lambda share: None))
