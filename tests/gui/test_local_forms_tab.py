"""管理 → 本地表单: a file is taken over or refused in words; the folder then offers the form."""

import pytest

from .window_desk import close, show_window, village

FORM = """
id = "x152223_echinococcosis"
version = 1
title = "包虫病筛查登记"
group = "special"
repeats = true
date_field = "event_date"
[[section]]
id = "screening"
title = "筛查"
[[section.field]]
id = "event_date"
label = "筛查日期"
type = "date"
required = true
"""


@pytest.fixture
def shown(qtbot, tmp_path):
    shown = show_window(qtbot, tmp_path / "vault", station=village())
    yield shown
    close(shown)


def test_a_file_is_taken_over_and_listed(shown, tmp_path):
    path = tmp_path / "form.toml"
    path.write_text(FORM.replace('type = "date"', 'type = "day"'), encoding="utf-8")
    shown.click("rail_management")
    tabs = shown.find("management_tabs")
    tab = shown.find("local_forms_tab")
    tabs.setCurrentWidget(tab)
    shown.settle()
    tab.take(path)
    shown.settle()
    assert "第 14 行" in tab.message.text.text()
    assert tab.model.rowCount() == 0
    path.write_text(FORM, encoding="utf-8")
    tab.take(path)
    shown.settle()
    assert tab.model.rowCount() == 1
    assert tab.model.index(0, 0).data() == "包虫病筛查登记"
    assert "x152223_echinococcosis" in {form.id for form in shown.session.forms.all()}
