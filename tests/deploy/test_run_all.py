"""`make test` counts the browser tests that ran."""

from pathlib import Path

from tests.run_all import count_ran

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite>
  <testcase classname="tests.browser.test_panel" name="test_log_in"/>
  <testcase classname="tests.browser.test_panel" name="test_list"><failure message="no"/></testcase>
  <testcase classname="tests.browser.test_panel" name="test_phone"><skipped message="no browser"/></testcase>
  <testcase classname="tests.flows.test_loop" name="test_loop"/>
</testsuite></testsuites>
"""


def test_skipped_tests_did_not_run(tmp_path: Path) -> None:
    report = tmp_path / "whole.xml"
    report.write_text(REPORT)
    assert count_ran(report, folder="tests/browser") == 2
    assert count_ran(report, folder="tests/other") == 0


def test_without_a_report_nothing_ran(tmp_path: Path) -> None:
    assert count_ran(tmp_path / "none.xml", folder="tests/browser") == 0
