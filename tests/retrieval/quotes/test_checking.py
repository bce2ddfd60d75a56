"""What a quote check promises: nothing altered is verbatim, nothing untouched is refused, every difference is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.quotes import QuoteIndex, Texts
from retrieval.types import Article, Speaker
from tests.quote_generator import TYPOGRAPHIES, Maker, sentences

SEEDS = sorted((Path(__file__).parent.parent.parent.parent / "seeds").glob("*.txt"))

NEWS = """Harbour bridge to close, mayor says

“We will not raise the toll,” Mayor Ada Lindqvist said on Tuesday. “It can’t be done before 2026.”

About 14,000 commuters use the bridge — twice as many as in 1999 — and traffic rose 5% last year. Critics \
call it a “success” nobody asked for… The council’s open-door policy is non-negotiable.

Would a tunnel cost less? The engineers said that [a tunnel] would cost $120 million.
"""
OTHER = """The ferry company doubled its fares in spring. Passengers were told to keep to the left.

“We will not raise the toll,” Mayor Ada Lindqvist said on Tuesday.
"""


def article(name: str, text: str) -> Article:
    return Article(id=name, file=f"{name}.txt", text=text, sha256="0" * 64)


NEWS_ARTICLE, OTHER_ARTICLE = article("news", NEWS), article("other", OTHER)
INDEX = QuoteIndex(Texts([NEWS_ARTICLE, OTHER_ARTICLE]))


def status(quote: str) -> str:
    return INDEX.check(quote).status


def changes(quote: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    check = INDEX.check(quote)
    assert check.status == "altered"
    for change in check.matches[0].changes:
        assert check.matches[0].article.text[change.start : change.end] == change.original
    return [(change.kind, change.quoted, change.original, change.flags) for change in check.matches[0].changes]


@pytest.fixture(scope="module")
def seeds() -> tuple[QuoteIndex, list[str]]:
    texts = [path.read_bytes().decode() for path in SEEDS]
    return QuoteIndex(Texts([article(path.stem, text) for path, text in zip(SEEDS, texts, strict=True)])), texts


LIBRARY = """Saved

“A library in a town is not a luxury,” Mayor Ada Lindqvist said on Tuesday, “but we can’t save every building.” She called \
the new plan for the town “quite bold” and its many critics “rather loud”.
"""


def test_who_says_it_amid_a_quotation_is_no_part_of_it() -> None:
    index = QuoteIndex(Texts([article("library", LIBRARY)]))
    check = index.check("A library in a town is not a luxury, but we can’t save every building.")
    assert check.status == "verbatim"
    assert check.matches[0].text.startswith("A library in a town is not a luxury,” Mayor Ada")
    altered = index.check("A library in a town is a luxury, but we can’t save every building.")
    assert [change.original for change in altered.matches[0].changes] == ["not"]


def test_other_words_between_two_quotations_are_left_out_openly() -> None:
    check = QuoteIndex(Texts([article("library", LIBRARY)])).check("the new plan for the town quite bold rather loud")
    assert check.status == "altered"
    assert "and its" in [change.original for change in check.matches[0].changes]


# --- the figures ---


def test_every_untouched_sentence_of_the_seeds_is_verbatim_in_every_typography(
    seeds: tuple[QuoteIndex, list[str]],
) -> None:
    index, texts = seeds
    refused = [
        (name, dress(sentence))
        for text in texts
        for sentence in sentences(text)
        for name, dress in TYPOGRAPHIES.items()
        if index.check(dress(sentence)).status != "verbatim"
    ]
    assert refused == []
    assert len(TYPOGRAPHIES) >= 10


def test_an_untouched_sentence_is_found_exactly_where_it_stands(seeds: tuple[QuoteIndex, list[str]]) -> None:
    index, texts = seeds
    for text in texts:
        for sentence in sentences(text):
            assert sentence.strip(" •") in [match.text.strip(" •") for match in index.check(sentence).matches]


def test_of_thousands_of_altered_quotes_none_passes_as_verbatim(seeds: tuple[QuoteIndex, list[str]]) -> None:
    index, texts = seeds
    checks = [(quote, index.check(quote.text)) for quote in Maker(texts, seed=20260729).altered(2_500)]
    assert [quote for quote, check in checks if check.status == "verbatim"] == []
    assert all(match.changes for _, check in checks if check.status == "altered" for match in check.matches)
    assert sum(check.status == "not-found" for _, check in checks) < 0.02 * len(checks)


def test_pieces_joined_from_several_places_are_stitched(seeds: tuple[QuoteIndex, list[str]]) -> None:
    index, texts = seeds
    statuses = [index.check(quote.text).status for quote in Maker(texts, seed=7).stitched(300)]
    assert "verbatim" not in statuses
    assert statuses.count("stitched") >= 0.99 * len(statuses)


def test_joining_never_makes_verbatim_whatever_the_pieces(seeds: tuple[QuoteIndex, list[str]]) -> None:
    index, texts = seeds
    first, last = sentences(texts[0]), sentences(texts[-1])
    for one, two in zip(first, last, strict=False):
        assert index.check(f"{one} {two}").status != "verbatim"


# --- verbatim ---


@pytest.mark.parametrize(
    "quote",
    [
        "We will not raise the toll",
        "it can't be done before 2026",
        "'It can't be done before 2026.'",
        "will not raise the toll,' Mayor Ada Lindqvist",
        "“We will not raise the toll”, Mayor Ada Lindqvist said on Tuesday.",  # the comma outside
        "About 14,000 commuters use the bridge - twice as many as in 1999 - and traffic rose 5%",
        "nobody asked for... The council's open‑door policy",
        "said on Tuesday. “It can’t be done",  # two joined sentences
        "before 2026.” About 14,000 commuters",  # over a paragraph's end
        "that [a tunnel] would cost $120 million",  # the article's own brackets
        "“[W]ould a tunnel cost less? The engineers said that [a tunnel] would cost",
        "… the toll …",
        "Lindqvist",
        "NON-NEGOTIABLE!".rstrip("!"),
        "(use the bridge)",
    ],
)
def test_an_untouched_quote_is_verbatim(quote: str) -> None:
    assert status(quote) == "verbatim"


def test_a_change_takes_in_the_whole_of_a_hyphenated_word() -> None:
    index = QuoteIndex(
        Texts([article("a", "But trans-Atlantic officials do not assume a break-through this year at all.")])
    )
    for quote, original, quoted in [
        ("transatlantic officials do not assume a break-through", "trans-Atlantic", "transatlantic"),
        ("officials do not assume a break-out", "break-through", "break-out"),
        ("officials do not assume a breakout", "break-through", "breakout"),
    ]:
        (match,) = index.check(quote).matches
        assert [(change.original, change.quoted) for change in match.changes] == [(original, quoted)]
        assert original in match.text


def test_a_whole_article_is_verbatim() -> None:
    check = INDEX.check(NEWS)
    assert check.status == "verbatim"
    assert check.matches[0].text == NEWS.strip()


def test_a_match_says_where_it_stands_marks_included() -> None:
    check = INDEX.check('"It can\'t be done before 2026."')
    (match,) = check.matches
    assert NEWS.index("“It can’t") == match.start
    assert match.text == "“It can’t be done before 2026.”"


def test_marks_that_the_quote_does_not_have_are_left_out_of_the_match() -> None:
    assert INDEX.check("It can’t be done before 2026").matches[0].text == "It can’t be done before 2026"


def test_a_quote_that_stands_in_two_articles_has_two_matches_in_reading_order() -> None:
    check = INDEX.check("We will not raise the toll")
    assert [match.article.id for match in check.matches] == ["news", "other"]
    assert check.articles == 2


# --- altered ---


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("We will raise the toll", ("deleted", "", "not", ("negation",))),
        ("We may not raise the toll", ("replaced", "may", "will", ("modal",))),
        ("We won't raise the toll", ("replaced", "won't", "will not", ())),
        ("Mayor Ada Berg said on Tuesday", ("replaced", "Berg", "Lindqvist", ("name",))),
        ("About 4,000 commuters use the bridge", ("replaced", "4,000", "14,000", ("number",))),
        ("It can be done before 2026", ("replaced", "can", "can’t", ("negation",))),
        ("It can’t ever be done before 2026", ("inserted", "ever", "", ())),
        ("The council’s open-door policy is negotiable", ("replaced", "negotiable", "non-negotiable", ("negation",))),
        ("twice as many as in 1999 — and traffic rose 5", ("replaced", "5", "5%", ("number",))),
        ("would cost 120 million", ("deleted", "", "$", ("number",))),
        ("120 million", ("replaced", "120", "$120", ("number",))),
        ("Would a tunnel cost less.", ("replaced", ".", "?", ())),
        ("We will not raise the toll!", ("replaced", "!", ",”", ())),
        ("Critics call it a success nobody asked for", ("deleted", "", "“", ())),
        ("The council’s open door policy is", ("deleted", "", "-", ())),
        ("thrice as many as in 1999", ("replaced", "thrice", "twice", ("number",))),
        ("The ferry company doubled its bus fares in spring", ("inserted", "bus", "", ())),
    ],
)
def test_what_was_altered_is_named_and_flagged(quote: str, expected: tuple[str, str, str, tuple[str, ...]]) -> None:
    assert changes(quote)[0] == expected


@pytest.mark.parametrize("quote", ["We will not raise the to", "ouncil’s open-door policy", "commuters use the bridg"])
def test_a_word_cut_through_is_not_verbatim(quote: str) -> None:
    assert status(quote) != "verbatim"


def test_part_of_a_longer_word_or_figure_is_not_found_in_it() -> None:
    assert status("door") != "verbatim"
    assert status("000") == "not-found"
    assert status("neer") == "not-found"


def test_a_change_in_marks_alone_is_told_from_a_change_in_words() -> None:
    assert [change.wordless for change in INDEX.check("call it a success nobody").matches[0].changes] == [True, True]
    assert [change.wordless for change in INDEX.check("We will raise the toll").matches[0].changes] == [False]


def test_an_altered_quote_is_shown_in_every_article_that_has_the_original() -> None:
    check = INDEX.check("We will raise the toll,” Mayor Ada Lindqvist said")
    assert [match.article.id for match in check.matches] == ["news", "other"]


# --- the quoter's own ellipses and brackets ---


def test_words_left_out_with_an_ellipsis_are_pieces_that_the_quoter_owns_up_to() -> None:
    check = INDEX.check("We will not raise the toll […] before 2026")
    assert (check.status, check.marked) == ("stitched", True)
    assert [match.text for match in check.matches] == ["We will not raise the toll", "before 2026"]


def test_an_ellipsis_does_not_excuse_pieces_of_two_articles_or_in_another_order() -> None:
    for quote in ("Passengers were told … open-door policy", "before 2026 … We will not raise the toll"):
        check = INDEX.check(quote)
        assert (check.status, check.marked) == ("stitched", False)


def test_an_ellipsis_does_not_excuse_an_altered_word() -> None:
    check = INDEX.check("We will raise the toll, Mayor Ada Lindqvist said … It can’t be done before 2026")
    assert check.status in ("altered", "stitched")
    assert not check.marked


def test_an_ellipsis_that_hides_a_negation_of_its_sentence_is_an_alteration_that_nobody_owns_up_to() -> None:
    check = INDEX.check("We will … raise the toll")
    assert (check.status, check.marked) == ("altered", False)
    assert [(change.original, change.flags) for change in check.matches[0].changes] == [("not", ("negation",))]


def test_words_in_brackets_are_the_quoters_and_told_from_an_altered_word() -> None:
    check = INDEX.check("[The mayor] said on Tuesday. “It can’t [possibly] be done")
    assert check.status == "altered"
    assert ("[possibly]", True) in [(change.quoted, change.by_quoter) for change in check.matches[0].changes]


def test_a_negation_in_brackets_is_flagged_and_never_verbatim() -> None:
    (change,) = INDEX.check("The engineers said that [a tunnel] would [not] cost $120 million").matches[0].changes
    assert (change.quoted, change.flags, change.by_quoter) == ("[not]", ("negation",), True)


# --- stitched and not found ---


def test_sentences_of_two_articles_in_one_quote_are_stitched() -> None:
    check = INDEX.check("Passengers were told to keep to the left. The council’s open-door policy is non-negotiable.")
    assert check.status == "stitched"
    assert [match.article.id for match in check.matches] == ["other", "news"]


def test_a_speech_quoted_over_what_the_reporter_put_between_is_not_verbatim() -> None:
    assert status("We will not raise the toll. It can’t be done before 2026.") in ("stitched", "altered")


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "   \n",
        "…?!",
        "“”",
        "\u202e\u200b\ufeff",
        "🌉🌉🌉",
        "zyzzyva",
        "The central bank raised interest rates by half a point to fight inflation.",
        "Мэр сказала, что мост закроют.",
        "市長は橋を閉鎖すると述べた。",
        "أغلق الجسر يوم الثلاثاء",
        "of the",
    ],
)
def test_what_no_article_holds_is_not_found(quote: str) -> None:
    check = INDEX.check(quote)
    assert (check.status, check.matches, check.articles) == ("not-found", (), 2)


def test_no_articles_hold_no_quote() -> None:
    assert QuoteIndex(Texts([])).check("We will not raise the toll").status == "not-found"
    assert QuoteIndex(Texts([article("empty", "")])).check("toll").status == "not-found"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Президент заявил, что «войны не будет».", "президент заявил, что “войны не будет”"),
        ("市長は橋を閉鎖すると述べた。", "橋を閉鎖する"),
        ("أغلق الجسر يوم الثلاثاء", "الجسر يوم الثلاثاء"),
        ("Die Straße wurde gesperrt.", "DIE STRASSE WURDE GESPERRT"),
        ("L’été à Kyjiv", "L'e\u0301te\u0301 a\u0300 Kyjiv"),
    ],
)
def test_other_languages_are_compared_by_the_same_rules(text: str, quote: str) -> None:
    assert QuoteIndex(Texts([article("foreign", text)])).check(quote).status == "verbatim"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("The area is 10² metres", "The area is 102 metres"),
        ("It fell to -5 degrees", "5 degrees"),
        ("About 14 000 people came", "About 14"),
        ("About 14 000 people came", "000 people came"),
        ("Президент заявил, что войны не будет", "Президент заявил, что войны будет"),
    ],
)
def test_a_figure_keeps_its_sign_its_thousands_and_its_power(text: str, quote: str) -> None:
    assert QuoteIndex(Texts([article("figures", text)])).check(quote).status != "verbatim"


def test_thousands_of_words_are_checked_too(seeds: tuple[QuoteIndex, list[str]]) -> None:
    index, texts = seeds
    longest = max(texts, key=len)
    assert index.check(longest).status == "verbatim"
    assert index.check(longest.replace("Poland", "Holland")).status == "altered"
    assert index.check("\n".join(texts)).status == "stitched"


# --- whose words ---


def speaker_of(article: Article, start: int, end: int) -> Speaker | None:
    spoken = article.text.find("We will not raise the toll") <= start < article.text.find("Mayor Ada")
    return Speaker(name="Ada Lindqvist", role="Mayor") if spoken else None


@pytest.mark.parametrize(
    ("given_to", "misattributed"),
    [
        ("Ada Lindqvist", False),
        ("Lindqvist", False),
        ("Mayor Lindqvist", False),
        ("the Mayor", False),
        ("Olof Lindqvist", True),
        ("Governor Berg", True),
        (None, None),
        ("  ", None),
    ],
)
def test_a_quote_given_to_the_wrong_speaker_says_so(given_to: str | None, misattributed: bool | None) -> None:
    index = QuoteIndex(Texts([NEWS_ARTICLE, OTHER_ARTICLE]), speaker_of=speaker_of)
    check = index.check("We will not raise the toll", speaker=given_to)
    assert check.misattributed is misattributed
    assert [match.speaker and match.speaker.name for match in check.matches] == ["Ada Lindqvist", "Ada Lindqvist"]


def test_a_headline_that_repeats_the_words_hides_no_wrong_speaker() -> None:
    headed = article("headed", f"We will not raise the toll\n\n{NEWS}")

    def in_the_text(article: Article, start: int, end: int) -> Speaker | None:
        return Speaker("Ada Lindqvist") if start > 30 else None

    index = QuoteIndex(Texts([headed]), speaker_of=in_the_text)
    assert index.check("We will not raise the toll", speaker="Olof Berg").misattributed is True
    other = QuoteIndex(
        Texts([headed, OTHER_ARTICLE]), speaker_of=lambda *at: (at[0] is headed and in_the_text(*at)) or None
    )
    assert other.check("We will not raise the toll", speaker="Olof Berg").misattributed is None


def test_where_the_speaker_is_not_known_nobody_is_called_wrong() -> None:
    index = QuoteIndex(Texts([NEWS_ARTICLE]), speaker_of=speaker_of)
    assert index.check("Critics call it", speaker="Ada Lindqvist").misattributed is None
    assert INDEX.check("We will not raise the toll", speaker="Berg").misattributed is None


# --- hostile quotes ---


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=300)
def test_any_text_gets_a_verdict(quote: str) -> None:
    check = INDEX.check(quote)
    for match in check.matches:
        assert 0 <= match.start < match.end <= len(match.article.text)
    assert bool(check.matches) == (check.status != "not-found")


@given(st.integers(0, len(NEWS)), st.integers(0, len(NEWS)))
@settings(deadline=None, max_examples=200)
def test_any_stretch_between_white_space_is_verbatim(one: int, two: int) -> None:
    words = NEWS[min(one, two) : max(one, two)].split()[1:-1]
    quote = " ".join(words)
    expected = "verbatim" if any(map(str.isalnum, quote)) else "not-found"
    assert status(quote) == expected


def test_an_ellipsis_that_hides_a_negation_in_many_words_is_not_marked():
    text = "“We did not lease the yard to the first firm, and we will not lease it to the second before June 3,” she said.\n"
    check = QuoteIndex(Texts([article("yard", text)])).check(
        "We did not lease the yard to the first firm ... before June 3"
    )
    assert (check.status, check.marked, len(check.matches)) == ("altered", False, 1)
    (left_out,) = check.matches[0].changes
    assert (left_out.kind, left_out.flags[0]) == ("deleted", "negation")
    assert left_out.original.startswith("and we will not lease it to the second")


def test_the_marks_of_markdown_are_no_difference():
    text = "> The toll **won't** be raised, [the mayor](https://a.example/mayor) said, *not even* in May.\n"
    quote = "The toll won’t be raised, the mayor said, not even"
    checks = [QuoteIndex(Texts([Article("a", file, text, "0" * 64)])).check(quote) for file in ("a.md", "a.txt")]
    assert [check.status == "verbatim" for check in checks] == [True, False]
    assert checks[0].matches[0].text.startswith("The toll **won't** be")


@pytest.mark.parametrize(
    ("quote", "status"),
    [
        ("The captains blamed the overworked crew of the ferry and the long-distance boats.", "verbatim"),
        ("The captains blamed the over-worked crew of the ferry and the long-distance boats.", "verbatim"),
        ("The captains blamed the overpaid crew of the ferry and the long-distance boats.", "altered"),
    ],
)
def test_a_word_that_a_line_parts_is_the_same_word(quote: str, status: str):
    text = "The captains blamed the over-\n    worked crew of the ferry and the long-\ndistance boats.\n"
    check = QuoteIndex(Texts([article("log", text)])).check(quote)
    assert (check.status, len(check.matches)) == (status, 1)


@pytest.mark.parametrize(("quote", "whose"), [("We will not pay", (None, "Lee")), ("I left the room", ("Lee", None))])
def test_words_that_a_speaker_quotes_are_another_ones(quote: str, whose: tuple[str | None, str | None]):
    text = "“He told me, ‘We will not pay for this.’ I left the room,” said Ann Lee."
    index = QuoteIndex(Texts([article("a", text)]), speaker_of=lambda *_: Speaker("Lee"))
    (match,) = index.check(quote, speaker="Moss").matches
    assert (match.speaker and match.speaker.name, match.quoted_by and match.quoted_by.name) == whose


SPEECH = "“%s. They were looked at last year,” Ann Lee said. “You will find slurry, not paint.”"


def test_each_sentence_of_a_quote_is_held_against_the_sentence_that_is_nearest_to_it() -> None:
    texts = [article("a", "Paint: the quarrel\n\n" + SPEECH % "Our pipes are completely tight")]
    check = QuoteIndex(Texts(texts)).check("Our pipes are tight. You will find slurry, not paint.")
    assert check.status == "stitched"
    assert [match.text for match in check.matches] == [
        "Our pipes are completely tight",
        "You will find slurry, not paint.",
    ]
    assert [change.original for match in check.matches for change in match.changes] == ["completely"]


def test_of_places_with_the_same_words_the_one_beside_the_other_sentence_is_taken_and_not_the_headline() -> None:
    text = "Our pipes are tight, says Lee\n\n" + SPEECH % "Our pipes are tight"
    check = QuoteIndex(Texts([article("a", text)])).check("Our pipes are tight. You will find slurry, not paint.")
    assert [match.start for match in check.matches] == [text.rindex("Our pipes"), text.index("You will")]
