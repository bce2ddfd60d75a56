"""What mutmut lists, as a score for each module."""

from benchmarks.mutants import is_same_sql, report

LISTED = """
    bot.state.xǁStateǁkeep__mutmut_1: killed
    bot.state.xǁStateǁkeep__mutmut_2: timeout
    bot.state.xǁStateǁkeep__mutmut_3: survived
    bot.database.x__shape__mutmut_1: no tests
    bot.database.x__shape__mutmut_2: not checked
"""


def test_each_module_has_the_share_of_noticed_changes_among_those_tried_and_the_others_are_named():
    assert report(LISTED) == [
        "survived: bot.state.xǁStateǁkeep__mutmut_3",
        "no tests: bot.database.x__shape__mutmut_1",
        "all: 50 % of 4 changes are noticed, 1 are not tried yet",
        "bot.database: 0 % of 1 changes are noticed, 1 are not tried yet",
        "bot.state: 67 % of 3 changes are noticed",
    ]
    assert report("nothing here: at all") == []


def test_sql_in_other_letters_is_no_change_and_any_other_text_is(tmp_path):
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "state.py").write_text(
        """
class State:
    def xǁStateǁkeep__mutmut_orig(self):
        log("kept")
        return ask("SELECT 1 FROM answers")

    def xǁStateǁkeep__mutmut_1(self):
        log("kept")
        return ask("select 1 from answers")

    def xǁStateǁkeep__mutmut_2(self):
        log("KEPT")
        return ask("SELECT 1 FROM answers")

    def xǁStateǁkeep__mutmut_3(self):
        log("kept")
        return ask("SELECT 2 FROM answers")
"""
    )
    names = [f"bot.state.xǁStateǁkeep__mutmut_{number}" for number in range(1, 5)]
    assert [is_same_sql(name, tmp_path) for name in names] == [True, False, False, False]
    assert not is_same_sql("bot.gone.xǁStateǁkeep__mutmut_1", tmp_path)
