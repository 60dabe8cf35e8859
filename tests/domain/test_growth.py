"""Growth standards: the published tables come back, levels at their borders, what lies outside."""

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiandang_desktop.domain.growth import (
    DAYS_OF_MONTH,
    LOWER,
    MIDDLE,
    SPREAD,
    UPPER,
    GrowthStandards,
    Indicator,
    OutsideTable,
    Posture,
)

from .conftest import RESOURCES

STANDARDS = GrowthStandards(RESOURCES / "growth")
SEXES = {"male": "1", "female": "2"}
COLUMNS = dict(zip(SPREAD, ("SD3neg", "SD2neg", "SD1neg", "SD0", "SD1", "SD2", "SD3"), strict=True))
BY_AGE = (Indicator.WEIGHT, Indicator.LENGTH, Indicator.HEAD, Indicator.BMI)
NATIONAL = (Indicator.WEIGHT, Indicator.LENGTH, Indicator.HEAD)


def published(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")))


@pytest.mark.parametrize("indicator", BY_AGE)
def test_the_lines_of_who_are_the_published_ones(indicator: Indicator, reference: Path) -> None:
    """WHO's monthly tables (30.4375 days each), computed from L, M and S, agree to a hundredth.

    Not month 24 of measures that jump there from lying to standing, nor month 60: it is past the last whole day.
    """
    jumps = indicator in (Indicator.LENGTH, Indicator.BMI)
    for row in published(reference / "growth" / f"who2006_{indicator}_monthly.csv"):
        days = float(int(row["age_months"]) * DAYS_OF_MONTH)
        if row["age_months"] == "60" or (jumps and row["age_months"] == "24"):
            continue
        for deviation, column in COLUMNS.items():
            line = STANDARDS.line(indicator, SEXES[row["sex"]], days, deviation, standard="who2006")
            assert line == pytest.approx(float(row[column]), abs=0.0051)


@pytest.mark.parametrize(("kind", "days"), [("length", 200), ("height", 1200)])
def test_weight_for_size_is_the_published_one(kind: str, days: int, reference: Path) -> None:
    """Each row of weight for length and weight for height, under either standard (D62)."""
    for row in published(reference / "growth" / f"who2006_weight_for_{kind}.csv"):
        for standard in ("who2006", "wst423_2022"):
            for deviation in (-3, -2, 0, 2, 3):
                line = STANDARDS.line(
                    Indicator.WEIGHT_FOR_SIZE,
                    SEXES[row["sex"]],
                    days,
                    deviation,
                    size=float(row[f"{kind}_cm"]),
                    standard=standard,
                )
                assert line == pytest.approx(float(row[COLUMNS[deviation]]), abs=0.00051)


@pytest.mark.parametrize("indicator", NATIONAL)
def test_the_national_lines_are_the_published_ones(indicator: Indicator, reference: Path) -> None:
    """WS/T 423-2022 at each of its months."""
    for row in published(reference / "growth" / f"wst423_2022_{indicator}_sd.csv"):
        days = float(int(row["age_months"]) * DAYS_OF_MONTH)
        for deviation, column in COLUMNS.items():
            assert STANDARDS.line(indicator, SEXES[row["sex"]], days, deviation) == float(row[column])


@pytest.mark.parametrize("standard", ["who2006", "wst423_2022"])
@given(st.sampled_from(BY_AGE), st.sampled_from(["1", "2"]), st.integers(0, 1826), st.sampled_from(SPREAD))
def test_a_value_on_a_line_has_the_lines_z(
    standard: str, indicator: Indicator, sex: str, days: int, deviation: int
) -> None:
    """z at the median is 0 and on the line of k standard deviations it is k."""
    first, last = STANDARDS.reach(indicator, sex, standard)
    days = int(min(max(days, first), last))
    value = STANDARDS.line(indicator, sex, days, deviation, standard=standard)
    assert STANDARDS.z(indicator, sex, days, value, standard=standard) == pytest.approx(deviation, abs=1e-6)


@given(st.sampled_from(["who2006", "wst423_2022"]), st.sampled_from(["1", "2"]), st.integers(0, 1826), st.data())
def test_heavier_is_never_less(standard: str, sex: str, days: int, data: st.DataObject) -> None:
    """z grows with the measure, also beyond 3 SD where it is counted in steps."""
    light, heavy = sorted(data.draw(st.tuples(st.floats(0.5, 60), st.floats(0.5, 60))))
    first, second = (STANDARDS.z(Indicator.WEIGHT, sex, days, weight, standard=standard) for weight in (light, heavy))
    assert first <= second + 1e-9


def test_beyond_three_deviations_weight_is_counted_in_steps() -> None:
    """WHO 2006, boy at birth: SD2 4.4196, SD3 5.0266; a step further is z = 4. Length keeps the plain formula."""
    sd2, sd3 = (STANDARDS.line(Indicator.WEIGHT, "1", 0, k, standard="who2006") for k in (2, 3))
    assert STANDARDS.z(Indicator.WEIGHT, "1", 0, sd3 + (sd3 - sd2), standard="who2006") == pytest.approx(4)
    low2, low3 = (STANDARDS.line(Indicator.WEIGHT, "1", 0, k, standard="who2006") for k in (-2, -3))
    assert STANDARDS.z(Indicator.WEIGHT, "1", 0, low3 - (low2 - low3), standard="who2006") == pytest.approx(-4)
    # L = 1: (60 / 49.8842 - 1) / 0.03795
    length = STANDARDS.z(Indicator.LENGTH, "1", 0, 60, standard="who2006")
    assert length == pytest.approx((60 / 49.8842 - 1) / 0.03795)


def test_between_two_months_the_national_lines_run_straight() -> None:
    """D63, girls' weight 24 to 27 months on day 776 (25.4949 months): a tenth is kept, half up."""
    share = (776 / 30.4375 - 24) / 3
    rows = (RESOURCES / "growth" / "wst423_2022_weight_for_age.csv").read_text("utf-8").splitlines()
    medians = {row.split(",")[1]: float(row.split(",")[5]) for row in rows if row.startswith("2,")}
    low, high = medians["24"], medians["27"]
    expected = round((low + (high - low) * share) * 10 + 1e-9) / 10
    assert STANDARDS.line(Indicator.WEIGHT, "2", 776, 0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("value", "level"), [(2.6, LOWER), (2.69, LOWER), (2.7, MIDDLE), (3.5, MIDDLE), (4.3, MIDDLE), (4.31, UPPER)]
)
def test_the_border_itself_is_the_middle(value: float, level: str) -> None:
    """D60, boy at birth by WS/T 423-2022: 2.7 and 4.3 kg are -2 and +2 SD and belong to 中."""
    assert STANDARDS.level(Indicator.WEIGHT, "1", 0, value) == level


def test_the_standard_makes_a_difference() -> None:
    """A newborn boy of 4.4 kg: upper by WS/T 423-2022 (+2 SD = 4.3), middle by WHO 2006 (4.4196)."""
    assert STANDARDS.default == "wst423_2022"
    assert STANDARDS.level(Indicator.WEIGHT, "1", 0, 4.4) == UPPER
    assert STANDARDS.level(Indicator.WEIGHT, "1", 0, 4.4, standard="who2006") == MIDDLE


@pytest.mark.parametrize("standard", ["who2006", "wst423_2022"])
def test_length_and_height_are_told_apart(standard: str) -> None:
    """To day 730 lying, from day 731 standing; the other way of measuring differs by 0.7 cm (D59)."""

    def z(days: int, value: float, posture: Posture) -> float:
        return STANDARDS.z(Indicator.LENGTH, "1", days, value, standard=standard, posture=posture)

    assert z(730, 85.0, Posture.STANDING) == pytest.approx(z(730, 85.7, Posture.LYING))
    assert z(731, 85.7, Posture.LYING) == pytest.approx(z(731, 85.0, Posture.STANDING))
    lying = STANDARDS.level(Indicator.WEIGHT_FOR_SIZE, "1", 731, 12.0, size=87.7, posture=Posture.LYING)
    assert lying == STANDARDS.level(Indicator.WEIGHT_FOR_SIZE, "1", 731, 12.0, size=87.0)


def test_a_length_between_two_rows() -> None:
    """Weight for length at 65.05 cm lies between the rows of 65.0 and 65.1."""
    low, between, high = (
        STANDARDS.line(Indicator.WEIGHT_FOR_SIZE, "2", 100, 0, size=size) for size in (65.0, 65.05, 65.1)
    )
    assert low < between < high
    assert between == pytest.approx((low + high) / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("days", "weeks", "age"),
    [(100, None, 100), (100, 37, 100), (100, 36, 72), (100, 32, 44), (20, 32, -36), (730, 32, 674), (731, 32, 731)],
)
def test_preterm_age(days: int, weeks: float | None, age: int) -> None:
    """D64: corrected to 40 weeks for children born before 37, until 24 months (730.5 days)."""
    assert STANDARDS.age(days, weeks) == age


@pytest.mark.parametrize(
    ("indicator", "sex", "days", "value", "size", "standard", "what"),
    [
        (Indicator.WEIGHT, "9", 10, 4.0, None, "", "sex"),
        (Indicator.WEIGHT, "1", -1, 4.0, None, "", "place"),
        (Indicator.WEIGHT, "1", 2466, 20.0, None, "", "place"),
        (Indicator.WEIGHT, "1", 1827, 20.0, None, "who2006", "place"),
        (Indicator.HEAD, "1", 1096, 50.0, None, "", "place"),
        (Indicator.WEIGHT, "1", 10, 0.0, None, "", "value"),
        (Indicator.WEIGHT, "1", 10, float("nan"), None, "", "value"),
        (Indicator.WEIGHT_FOR_SIZE, "1", 10, 4.0, None, "", "size"),
        (Indicator.WEIGHT_FOR_SIZE, "1", 10, 4.0, 44.9, "", "place"),
        (Indicator.WEIGHT_FOR_SIZE, "1", 800, 30.0, 120.1, "", "place"),
        (Indicator.WEIGHT, "1", 10, 4.0, None, "cdc", "standard"),
    ],
)
def test_outside_the_table(
    indicator: Indicator, sex: str, days: int, value: float, size: float | None, standard: str, what: str
) -> None:
    """Where a table ends nothing is guessed (D62)."""
    with pytest.raises(OutsideTable) as told:
        STANDARDS.level(indicator, sex, days, value, size=size, standard=standard)
    assert told.value.what == what


@pytest.mark.parametrize("standard", [one.id for one in STANDARDS.all()])
@pytest.mark.parametrize("sex", ["1", "2"])
def test_curves_rise_and_never_cross(standard: str, sex: str) -> None:
    """The seven lines of weight rise with age and keep their order."""
    curves = [STANDARDS.curve(Indicator.WEIGHT, sex, deviation, standard) for deviation in SPREAD]
    for lower, upper in pairwise(curves):
        assert all(a[1] < b[1] for a, b in zip(lower, upper, strict=True))
    assert curves[3][-1][1] > curves[3][0][1] * 4
