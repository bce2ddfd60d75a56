"""What mutmut lists, as a score for each module."""

from benchmarks.mutants import report

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
