"""Identity documents (R2.3): the reference's vectors, every kind, every finding."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.identity import IdDocuments, IdentityReading, normalised

TODAY = "2026-11-24"


def codes(reading: IdentityReading) -> list[str]:
    return [finding.code for finding in reading.findings]


def numbered(documents: IdDocuments, first: str) -> str:
    return first + documents.check_character(first)


def test_every_vector_of_the_reference(documents: IdDocuments, reference: Path) -> None:
    raw = yaml.safe_load((reference / "codes" / "id_documents.yaml").read_text(encoding="utf-8"))
    vectors = raw["gb11643"]["test_vectors"]
    assert len(vectors) == 6
    for vector in vectors:
        reading = documents.read("01", str(vector["in"]), TODAY)
        if "ok" in vector:
            assert reading.valid == vector["ok"], vector
        if "to18" in vector:
            assert (reading.number, reading.alias) == (vector["to18"], vector["in"])
        if "birth" in vector:
            assert (reading.birth_date, reading.sex) == (vector["birth"], str(vector["sex"]))


def test_the_kinds_are_those_of_the_reference(documents: IdDocuments, reference: Path) -> None:
    raw = yaml.safe_load((reference / "codes" / "id_documents.yaml").read_text(encoding="utf-8"))["type_table"]
    assert set(documents.kinds()) == {item["code"] for item in raw["codes"] + raw["local_extension"]}


def test_weights_follow_from_the_standard(documents: IdDocuments) -> None:
    """ISO 7064 MOD 11-2: the whole number, X as 10, leaves 1."""
    for first in ("11010519491231002", "15222319800101001", "44052419880101001"):
        last = documents.check_character(first)
        digits = [int(digit) for digit in first] + [10 if last == "X" else int(last)]
        assert sum(digit * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11 == 1


@pytest.mark.parametrize(
    ("kind", "number", "found"),
    [
        ("01", "1101051949123100", ["ID_LENGTH"]),
        ("01", "11010519491231O02X", ["ID_CHARACTERS"]),
        ("01", "110105194912310021", ["ID_CHECK"]),
        ("01", "11010520261125002X", ["ID_FUTURE", "ID_CHECK"]),
        ("01", "810000199408230021", ["ID_KIND_PROPOSED"]),
        ("01", "911124198108030024", ["ID_KIND_PROPOSED"]),
        ("01", "H12345678", ["ID_KIND_PROPOSED"]),
        ("01", "", []),
        ("77", "1", ["ID_KIND_UNKNOWN"]),
        ("99B", "810000199408230021", []),
        ("99B", "810000199408230022", ["ID_CHECK"]),
        ("99B", "110105194912310021", ["ID_CHARACTERS"]),
        ("99A", "911124198108030024", []),
        ("99A", "CAN110083041503", []),
        ("06", "H12345678", []),
        ("06", "M1234567801", []),
        ("06", "C12345678", ["ID_CHARACTERS"]),
        ("07", "12345678", []),
        ("07", "1234567890(A)", []),
        ("03", "E12345678", []),
        ("03", "P1", ["ID_CHARACTERS"]),
        ("99C", "V150012345", []),
        ("99C", "150012345", ["ID_CHARACTERS"]),
        ("02", "11010519491231002X", []),
        ("02", "A001234", []),
        ("04", "南字第1234567号", []),
        ("99D", "", []),
        ("99D", "1", ["ID_NOT_EXPECTED"]),
        ("99", "台胞证 123", []),
    ],
)
def test_each_kind_knows_its_numbers(documents: IdDocuments, kind: str, number: str, found: list[str]) -> None:
    assert codes(documents.read(kind, number, TODAY)) == found


def test_the_right_kind_is_proposed_and_the_number_kept(documents: IdDocuments) -> None:
    reading = documents.read("01", "8100 0019 9408 2300 21", TODAY)
    assert (reading.proposed_kind, reading.number) == ("99B", "810000199408230021")
    assert not reading.findings[0].confirmable


def test_a_foreigners_birth_date_is_only_a_suggestion(documents: IdDocuments) -> None:
    reading = documents.read("99A", "911124198108030024", TODAY)
    assert (reading.birth_date, reading.sex, reading.suggested_birth) == ("", "", "1981-08-03")


def test_nothing_is_taken_from_a_number_whose_check_fails(documents: IdDocuments) -> None:
    reading = documents.read("01", "110105194912310021", TODAY)
    assert (reading.sex, reading.birth_date) == ("", "")
    assert reading.findings[0].confirmable


def test_an_impossible_date_can_not_be_confirmed(documents: IdDocuments) -> None:
    reading = documents.read("01", "11010519490231002X", TODAY)
    assert codes(reading)[0] == "ID_DATE"
    assert not reading.findings[0].confirmable


def test_somebody_over_120_is_asked_about(documents: IdDocuments) -> None:
    assert "ID_TOO_OLD" in codes(documents.read("01", numbered(documents, "11010519051123002"), TODAY))
    assert documents.read("01", numbered(documents, "11010519061124002"), TODAY).valid


def test_the_division_has_the_name_of_the_year_of_birth(documents: IdDocuments) -> None:
    """120110 was 东郊区 until 1992 and is 东丽区 since; both are shown (D32)."""
    assert documents.read("01", numbered(documents, "12011019850101001"), TODAY).division_name == (
        "天津市东郊区（天津市东丽区）"
    )
    assert documents.read("01", numbered(documents, "12011019990101001"), TODAY).division_name == "天津市东丽区"


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("99999919850101001", "ID_KIND_PROPOSED"),
        ("15999919850101001", "ID_DIVISION_UNKNOWN"),
        ("15220019850101001", "ID_DIVISION_UNKNOWN"),
        ("15242819900101001", "ID_DIVISION_ABOLISHED"),
    ],
)
def test_odd_divisions_are_warned_of(documents: IdDocuments, first: str, found: str) -> None:
    reading = documents.read("01", numbered(documents, first), TODAY)
    assert codes(reading) == [found]


@pytest.mark.parametrize("city", ["441900", "442000", "460400", "620200"])
def test_cities_without_counties_are_real(documents: IdDocuments, city: str) -> None:
    assert documents.read("01", numbered(documents, f"{city}20160101001"), TODAY).findings == ()


def test_fifteen_digits_are_converted_with_a_hint(documents: IdDocuments) -> None:
    reading = documents.read("01", "110105491231002", TODAY)
    assert (reading.number, reading.alias, reading.sex) == ("11010519491231002X", "110105491231002", "2")
    assert [hint.code for hint in reading.hints] == ["ID_CONVERTED"]
    assert reading.valid


def test_a_centenarians_order_offers_both_centuries(documents: IdDocuments) -> None:
    reading = documents.read("01", "110105491231999", TODAY)
    assert codes(reading) == ["ID_CENTENARIAN"]
    assert reading.number[6:10] == "1949"
    assert [other[6:10] for other in reading.alternatives] == ["1849"]


@given(st.dates(min_value=date(1907, 1, 1), max_value=date(2026, 11, 24)), st.integers(0, 999))
def test_whatever_is_built_is_read_back(documents: IdDocuments, born: object, order: int) -> None:
    number = numbered(documents, f"152223{str(born).replace('-', '')}{order:03d}")
    reading = documents.read("01", number, TODAY)
    assert (reading.birth_date, reading.sex) == (str(born), "1" if order % 2 else "2")
    assert reading.findings == ()


@given(st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_never_passes_the_check(documents: IdDocuments, place: int, step: int) -> None:
    digits = list("110105194912310110")
    digits[17] = documents.check_character("".join(digits[:17]))
    if digits[place] == "X":
        return
    digits[place] = str((int(digits[place]) + step) % 10)
    assert documents.check_character("".join(digits[:17])) != digits[17]


@given(st.sampled_from(["01", "02", "03", "04", "05", "06", "07", "99", "99A", "99B", "99C", "99D"]), st.text())
def test_any_text_gets_an_answer(documents: IdDocuments, kind: str, typed: str) -> None:
    reading = documents.read(kind, typed, TODAY)
    assert reading.number == normalised(typed)
    assert all("{" not in finding.message for finding in reading.findings)
