"""Articles that got another text: who quotes the earlier one hears of the change, its day and its words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from retrieval import Article, Index, passage_id
from retrieval.index import revisions
from retrieval.index.revisions import Revision, after
from retrieval.serialization import quote_object
from tests.fakes import FakeEncoder
from tests.retrieval.index.conftest import BRIDGE, STORM

OLD = "It cost nine million crowns."


def place(index: Index, sentence: str) -> tuple[str, tuple[int, int]]:
    """The identifier of the passage that has the sentence, and where it stands."""
    passage = next(each for each in index.passages if sentence in each.text)
    start = passage.article.text.index(sentence)
    return passage_id(passage), (start, start + len(sentence))


def corrected(index: Index, folder: Path, *texts: str) -> Index:
    for text in texts:
        (folder / "bridge.txt").write_text(text)
        index = index.refreshed()
    return index


def test_the_words_that_changed_are_named_for_a_passage_shown_before(index: Index, folder: Path):
    shown = place(index, OLD)
    assert index.correction(*shown) is None
    now = corrected(index, folder, BRIDGE.replace("nine", "twelve"))
    with pytest.raises(ValueError, match="bridge.txt has another text since 20"):
        now.hit(*shown)
    change = now.correction(*shown)
    assert change is not None
    assert (change.text, change.until, change.later) == (OLD, now.taken_in(now.articles[0]), now.articles[0])
    (match,) = change.now.matches
    assert match.text == "It cost twelve million crowns."
    assert [(each.quoted, each.original, each.flags) for each in match.changes] == [("nine", "twelve", ("number",))]


def test_a_sentence_that_stayed_or_went_is_told_apart_from_one_that_changed(index: Index, folder: Path):
    stays, goes = place(index, "A brass band played until dusk."), place(index, OLD)
    now = corrected(index, folder, BRIDGE.replace(f" {OLD}", "").replace("Monday", "Tuesday"))
    assert now.correction(*stays).now.status == "verbatim"  # type: ignore[union-attr]
    assert now.correction(*goes).now.status == "not-found"  # type: ignore[union-attr]


def test_a_quote_of_an_earlier_text_names_the_day_and_what_stands_there_now(index: Index, folder: Path):
    assert index.check(OLD).earlier == ()
    now = corrected(index, folder, BRIDGE.replace("nine", "ten"), BRIDGE.replace("nine", "twelve"))
    check = now.check("it cost ten million crowns")
    assert check.status == "altered"
    (change,) = check.earlier
    assert change.text == "It cost ten million crowns"
    assert change.now.matches[0].text == "It cost twelve million crowns"
    assert now.check(OLD).earlier[0].later == now.articles[0]
    earlier = quote_object(check)["earlier"]
    assert [each["text"] for each in earlier] == ["It cost ten million crowns"]
    assert earlier[0]["now"]["matches"][0]["changes"][0]["original"] == "twelve"
    assert "earlier" not in quote_object(now.check("A brass band played until dusk."))


def test_a_sentence_that_is_the_same_in_the_new_text_has_no_earlier_one(index: Index, folder: Path):
    now = corrected(index, folder, BRIDGE.replace("nine", "twelve"))
    assert now.check("A brass band played until dusk.").earlier == ()
    assert now.check("  ").earlier == ()


def test_earlier_texts_outlive_a_restart_and_go_with_their_file(index: Index, folder: Path, tmp_path: Path):
    now = corrected(index, folder, BRIDGE.replace("nine", "twelve"))
    now.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    assert loaded.check(OLD).earlier == now.check(OLD).earlier != ()
    (folder / "bridge.txt").unlink()
    gone = loaded.refreshed()
    assert gone.check(OLD).earlier == ()
    gone.save(tmp_path / "index")
    assert not list((tmp_path / "index").glob((tmp_path / "index" / "CURRENT").read_text().strip() + "/rev*"))
    now.remove(now.articles[0].id)
    assert now.check(OLD).earlier == ()


def test_a_text_that_comes_back_is_current_again(index: Index, folder: Path):
    shown = place(index, OLD)
    changed = corrected(index, folder, BRIDGE.replace("nine", "twelve"))
    back = corrected(changed, folder, BRIDGE)
    assert back.hit(*shown).passage.article == back.articles[0]
    assert back.correction(*shown) is None
    assert back.check("It cost twelve million crowns.").earlier[0].later == back.articles[0]


def test_records_of_one_file_follow_each_other_by_address_or_title(folder: Path):
    def write(*records: dict[str, str]) -> None:
        (folder / "feed.jsonl").write_text("\n".join(map(json.dumps, records)))

    write({"title": "Bridge", "text": BRIDGE}, {"title": "Storm", "text": STORM})
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    write(
        {"title": "Storm", "text": STORM.replace("Nobody", "One man")},
        {"title": "Bridge", "text": BRIDGE.replace("nine", "twelve")},
        {"title": "Fair", "text": "The fair opens on Friday. Entry is free."},
    )
    (folder / "storm.txt").unlink()
    (folder / "bridge.txt").unlink()
    now = index.refreshed()
    assert now.check("Nobody was hurt.").earlier[0].later.title == "Storm"
    assert now.check(OLD).earlier[0].later.title == "Bridge"


def article(name: str, text: str, file: str = "a.txt") -> Article:
    return Article(name, file, text, name * 64)


def test_what_is_kept_is_bounded_in_number_size_and_time(monkeypatch: pytest.MonkeyPatch):
    new = "2999-01-01T00:00:00+00:00"
    heir = article("f", "x")
    kept = [Revision(article(str(at), "y" * 10), f"2998-01-0{at}T00:00:00+00:00", "f") for at in range(1, 6)]

    def names() -> list[str]:
        return [each.article.id for each in after(kept, {}, {"f": heir}, {"f": new})]

    assert names() == ["1", "2", "3", "4", "5"]
    monkeypatch.setattr(revisions, "_MOST", 3)
    assert names() == ["3", "4", "5"]
    monkeypatch.setattr(revisions, "_CHARACTERS", 25)
    assert names() == ["4", "5"]
    kept[-1] = replace(kept[-1], until="2001-01-01T00:00:00+00:00")
    assert names() == ["3", "4"]
    assert after([Revision(heir, new, "f")], {}, {"f": heir}, {"f": new}) == ()
