"""The window locks by itself, but not under somebody's hands."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from jiandang_desktop.gui.idle_lock import IdleLock


def test_keys_and_clicks_in_any_window_start_the_time_again(qtbot):
    holder, other = QWidget(), QLineEdit()
    line = QLineEdit(holder)
    QVBoxLayout(holder).addWidget(line)
    for window in (holder, other):
        qtbot.addWidget(window)
    idle = IdleLock(holder)
    idle.timer.setTimerType(Qt.TimerType.PreciseTimer)
    with qtbot.waitExposed(holder):
        holder.show()
    idle.watch()
    with qtbot.waitExposed(other):
        other.show()  # opened later, a dialog for example
    for widget in (line, other):
        widget.window().activateWindow()
        qtbot.waitUntil(widget.isActiveWindow)
        widget.setFocus()
        idle.timer.start(5_000)
        qtbot.wait(30)
        before = idle.timer.remainingTime()
        QTest.keyClick(widget.window().windowHandle(), "a")  # as the window system sends it
        assert idle.timer.remainingTime() > before
    idle.rest()
    QTest.keyClick(other.windowHandle(), "b")
    assert not idle.timer.isActive()


def test_nobody_there_for_long(qtbot):
    idle = IdleLock()
    idle.timer.setInterval(10)
    idle.watch()
    qtbot.waitSignal(idle.too_long, timeout=2_000).wait()
