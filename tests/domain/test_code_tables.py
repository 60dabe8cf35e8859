"""Code tables: the reference's codes, lazily, with editions kept apart."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from jiandang_desktop.domain.code_tables import CodeTable, load_code_tables

Tables = Mapping[str, CodeTable]


@pytest.mark.parametrize(
    ("table", "file", "path"),
    [
        ("sex", "sex", "codes"),
        ("ethnicity", "ethnicity", "codes+non_standard"),
        ("marital_status", "marital_status", "form_2017"),
        ("marital_status_gb", "marital_status", "codes"),
        ("marital_status_insurance", "marital_status", "nrcms.codes"),
        ("education", "education", "form_2017"),
        ("education_2011", "education", "form_2011"),
        ("education_gb_2006", "education", "gb_4658_2006"),
        ("occupation", "occupation", "form_2017"),
        ("occupation_2011", "occupation", "form_2011"),
        ("family_relation", "family_relation", "codes"),
        ("family_relation_one_digit", "family_relation", "one_digit"),
        ("blood_type_abo", "blood_type", "abo.codes"),
        ("blood_type_rh", "blood_type", "rh.form_2017"),
        ("payment_method", "payment_method", "form_2017"),
        ("residence_type", "residence_type", "codes"),
        ("record_status", "record_status", "record_status"),
        ("closing_reasons", "record_status", "closing_reasons"),
        ("psychosis_lost_reason", "record_status", "psychosis_lost_reason"),
    ],
)
def test_a_table_has_the_codes_and_words_of_the_reference(
    tables: Tables, reference: Path, table: str, file: str, path: str
) -> None:
    raw = yaml.safe_load((reference / "codes" / f"{file}.yaml").read_text(encoding="utf-8"))
    wanted = {item["code"]: item["zh"] for part in path.split("+") for item in below(raw, part)}
    assert {entry.code: entry.label for entry in tables[table].entries} == wanted


def below(raw: Any, path: str) -> Any:
    for key in path.split("."):
        raw = raw[key]
    return raw


def test_every_table_loads_and_maps_only_to_codes_that_exist(tables: Tables) -> None:
    for table in tables.values():
        assert table.title
        assert table.source
        for entry in table.entries:
            for other, code in entry.maps.items():
                if other in tables:
                    assert tables[other].entry(code) is not None, (table.id, entry.code, other)


def test_files_that_are_no_tables_are_not_listed(tables: Tables) -> None:
    assert "sex" in tables
    assert "record_code_schemes" not in tables
    with pytest.raises(KeyError):
        tables["nothing_like_that"]


def test_a_code_of_a_newer_table_shows_itself(tables: Tables) -> None:
    assert tables["sex"].label("1") == "男"
    assert tables["sex"].label("7") == "7"


def test_the_same_digit_means_another_thing_in_another_edition(tables: Tables) -> None:
    assert (tables["education_2011"].label("1"), tables["education"].label("1")) == ("文盲及半文盲", "研究生")
    assert tables["occupation_2011"].mapped("5", "occupation") == "4"
    assert tables["blood_type_rh_2011"].mapped("2", "blood_type_rh") == "1"
    assert not tables["education_2011"].selectable()


def test_ethnic_groups_are_found_by_every_usual_spelling(tables: Tables) -> None:
    groups = tables["ethnicity"]
    assert [groups.code_of(words) for words in ("蒙古族", "蒙古", "毛难", "崩龙族", "无")] == [
        "02",
        "02",
        "36",
        "46",
        None,
    ]


def test_a_relation_word_states_its_sex(tables: Tables) -> None:
    relations = tables["family_relation"]
    assert [relations.mapped(code, "sex") for code in ("02", "10", "11", "12", "28", "38", "51", "56")] == [
        None, None, "1", "2", "1", "2", "1", "2",
    ]  # fmt: skip


def test_the_reason_of_closing_decides_the_status(tables: Tables) -> None:
    reasons = tables["closing_reasons"]
    assert {code: reasons.mapped(code, "record_status") for code in reasons.codes()} == {
        "1": "3", "2": "4", "3": "2", "4": "9", "6": "9", "9": "9",
    }  # fmt: skip


def test_a_table_is_read_only_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("this is no TOML", encoding="utf-8")
    (tmp_path / "fine.toml").write_text('title = "a"\n[[entry]]\ncode = "1"\nlabel = "b"\n', encoding="utf-8")
    assert load_code_tables(tmp_path)["fine"].label("1") == "b"


def test_a_code_twice_is_a_fault_of_the_file(tmp_path: Path) -> None:
    twice = '[[entry]]\ncode = "1"\nlabel = "b"\n' * 2
    (tmp_path / "twice.toml").write_text(f'title = "a"\n{twice}', encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        load_code_tables(tmp_path)["twice"]
