"""Referrals and consultations at the terminal: the shapes of docs/cli.md."""

import json
from pathlib import Path

import pytest
from tests.urgent_visit import URGENT

from .test_commands import TODAY
from .test_decision_commands import Office

VISIT = {
    "visit_date": TODAY,
    **URGENT,
    "visit_classification": "2",
    "next_visit_date": "2099-01-01",
    "doctor_signature": "王秀兰",
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_referral_goes_out_and_comes_back(office: Office) -> None:
    resident = office.register("v")
    office.at(
        "v", "resident", "edit", resident, "answers.json", answers={"phone": "13900000021", "current_address": "3组"}
    )
    put = ("record", "put", "hypertension_followup", resident, "answers.json", "--yes")
    visit = office.at("v", *put, answers=VISIT)["record"]["record"]
    proposed = office.at("v", "referral", "propose", visit)["proposal"]
    assert (proposed["urgent"], proposed["referral"]) == (True, None)
    refused = office.terminal.run("referral", "new", visit, "--vault", "v", "--json")
    assert refused.returncode == 3
    missing = {finding["field"] for finding in json.loads(refused.stderr)["findings"]}
    assert missing == {"past_history", "doctor_phone_out"}
    typed = {"past_history": "高血压5年", "doctor_phone_out": "13900000090"}
    slip = office.at("v", "referral", "new", visit, "answers.json", answers=typed)["slip"]
    assert (slip["state"], slip["to"], slip["about"]) == ("issued", "红星镇卫生院", "高血压，控制不满意")
    office.up("v")
    record = slip["record"]
    assert office.at("t", "referral", "list", "--waiting")["slips"][0]["state"] == "received"
    assert office.at("t", "referral", "list", "--overdue")["count"] == 0
    assert office.at("t", "consultation", "list")["count"] == 0
    assert office.at("t", "referral", "accept", record)["slip"]["state"] == "accepted"
    answer = {
        "record_no": "1",
        "return_date": TODAY,
        "diagnosis": "高血压3级",
        "main_results": "心电图正常",
        "treatment_and_advice": "加用缬沙坦",
        "returning_doctor_phone": "0471-6000000",
    }
    assert office.at("t", "referral", "answer", record, "answers.json", answers=answer)["slip"]["state"] == "answered"
    station = office.at("t", "station", "show")["known"]
    village = next(each["id"] for each in station if each["name"] == "和平村卫生室")
    file = office.at("t", "bundle", "send", village, "stick")["file"]
    office.at("v", "receipt", "apply", file)
    shown = office.at("v", "referral", "show", record)
    assert (shown["slip"]["state"], shown["slip"]["result"]) == ("home", "高血压3级")
    assert shown["record"]["answers"]["back_to_institution"] == "和平村卫生室"
    late = office.terminal.run("referral", "track", record, "--result", "好转", "--vault", "v", "--json")
    assert json.loads(late.stderr)["error"] == "SLIP_ANSWERED"
    again = office.terminal.run("consultation", "show", record, "--vault", "v", "--json")
    assert json.loads(again.stderr)["error"] == "NO_SUCH_SLIP"


def test_who_came_to_an_activity(office: Office) -> None:
    resident = office.register("v")
    station = office.at("v", "station", "show")["station"]
    answers = {
        "activity_time": TODAY,
        "place": "村委会",
        "activity_form": "举办健康知识讲座",
        "theme": "预防脑卒中",
        "organizer": "和平村卫生室",
        "speaker": "王秀兰",
        "audience_category": "老年人",
        "audience_count": 20,
        "materials": "无",
        "content": "讲座",
        "summary": "好",
        "archived_materials": ["5"],
        "filled_by": "王秀兰",
        "person_in_charge": "王秀兰",
        "fill_date": TODAY,
    }
    put = ("record", "put", "health_education_activity", station, "answers.json", "--yes")
    record = office.at("v", *put, answers=answers)["record"]["record"]
    signed = office.at("v", "activity", "sign", record, "--resident", resident, "--name", "老张")["activity"]
    assert [each["resident"] for each in signed["participants"]] == [resident, None]
    again = office.terminal.run("activity", "sign", record, "--resident", resident, "--vault", "v", "--json")
    assert json.loads(again.stderr)["error"] == "SIGNED_IN"
    left = office.at("v", "activity", "strike", record, "--line", "2")["activity"]
    assert (left["count"], len(left["participants"])) == (20, 1)
    assert office.at("v", "activity", "print", record, "list.pdf")["pages"] == 1
    office.up("v")
    (known,) = office.at("t", "activity", "list")["activities"]
    assert (known["record"], known["station"]) == (record, station)
