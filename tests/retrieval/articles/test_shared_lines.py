"""What the pages of an outlet share is in no passage; what only the articles repeat stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import Article, Index, articles
from retrieval.passages import split
from tests.fakes import CountingEncoder, FakeEncoder
from tests.frame_pages import Page, pages

OUTLETS = ("agency", "local_paper", "magazine")
NOTES = (
    "The school roof is to be mended in May.", "A bus lane was painted on Mole Street.", "The pool stays shut for a week.",
    "A fence will be put up around the pond.", "Two oaks on the green were felled.",
)  # fmt: skip


def written(folder: Path, listed: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in listed.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def files_of(outlet: str, kind: str = "txt") -> dict[str, Page]:
    return {f"{outlet}{at:02}.{kind}": page for at, page in enumerate(pages(outlet))}


def body(page: Page) -> str:
    return "\n".join(page.body)


def read(folder: Path) -> tuple[Article, ...]:
    return articles.read(folder).articles


def shown(article: Article) -> str:
    return "\n".join(passage.text for passage in split(article))


@pytest.mark.parametrize("kind", ["txt", "html"])
@pytest.mark.parametrize("outlet", OUTLETS)
def test_no_passage_holds_a_line_of_the_frame_and_every_paragraph_is_in_one(outlet: str, kind: str, tmp_path: Path):
    files = files_of(outlet, kind)
    for article in read(
        written(tmp_path, {name: getattr(files[name], "text" if kind == "txt" else kind) for name in files})
    ):
        page = files[article.file]
        assert [line for line in page.boilerplate if len(line) > 11 and line in shown(article)] == []
        assert [line for line in page.body if line not in shown(article)] == []


def test_outlets_in_one_folder_do_not_hide_one_anothers_lines(tmp_path: Path):
    files = {name: page for outlet in OUTLETS for name, page in files_of(outlet).items()}
    read_ = read(written(tmp_path, {name: page.text for name, page in files.items()}))
    assert len(read_) == 36
    for article in read_:
        assert [line for line in files[article.file].boilerplate if len(line) > 11 and line in shown(article)] == []


def test_one_page_alone_shows_what_nothing_tells_apart_from_it(tmp_path: Path):
    page = pages("magazine")[0]
    (article,) = read(written(tmp_path, {"a.txt": page.text}))
    assert article.shared_lines == ""
    assert "Nine in ten who read Fallow" in shown(article)


def test_short_notes_keep_the_sentence_that_they_repeat(tmp_path: Path):
    again = "The council meets again on Tuesday."
    notes = {f"{at}.txt": f"{note}\nNobody on the council objected.\n{again}\n" for at, note in enumerate(NOTES)}
    for article in read(written(tmp_path, notes)):
        assert again in shown(article)


def test_copies_of_one_story_keep_all_of_it(tmp_path: Path):
    story = "\n".join(pages("agency")[3].body)
    copies = {f"{at}.txt": f"Story {at} of the wire\n\n{story}\nSeen by reader {at}.\n" for at in range(6)}
    for article in read(written(tmp_path, copies)):
        assert article.shared_lines == ""
        assert "The villages may still turn to the constitutional court." in shown(article)


def test_questions_and_labels_between_the_answers_stay_where_they_are(tmp_path: Path):
    frame = "Sent to you by the Quay Review of Tell Bay.\nThe Quay Review is printed on Fridays in Upper Tell.\nIt is made by nine people and a cat in one room."
    asked, label = "What did you want to become as a child?", "On work and on rest"
    talks = {
        f"{at}.txt": f"{frame}\n\n{name} rows alone in the bay.\n{asked}\n“I wanted to be {what},” {name} says.\n{label}\n"
        f"{name} gets up at {at + 4} and sleeps when the boats come in.\n"
        for at, (name, what) in enumerate(
            [("Ada Brook", "a pilot"), ("Jon Marl", "a cook"), ("Ines Low", "tall"), ("Per Aske", "a bell ringer")]
        )
    }
    for article in read(written(tmp_path, talks)):
        assert asked in article.shared_lines
        assert asked in shown(article)
        assert "printed on Fridays" not in shown(article)


SERIES = "What the valley talks about this week"
FOOT = "Sent to you by the Quay Review of Tell Bay.\nThe Quay Review is printed on Fridays in Upper Tell."


def test_a_line_that_the_pages_share_is_the_title_of_none(tmp_path: Path):
    own = {f"{at:02}.txt": page for at, page in enumerate(pages("magazine"))}
    texts = {name: f"{SERIES}\n{page.title}\n\n{body(page)}\n\n{FOOT}\n" for name, page in own.items()}
    together = {article.file: article.title for article in read(written(tmp_path / "all", texts))}
    assert together == {name: page.title for name, page in own.items()}


def test_the_operator_is_told_which_sentences_are_left_out(tmp_path: Path):
    collection = articles.read(written(tmp_path, {name: page.text for name, page in files_of("magazine").items()}))
    (remark,) = collection.remarks
    assert remark.file == "magazine00.txt"
    assert "in no passage: “Nine in ten who read Fallow pay nothing for it. The tenth" in remark.text
    assert "(12 files)" in remark.text


def state(index: Index) -> list[tuple[str, str, str | None, list[str]]]:
    own = {
        article.id: [passage.text for passage in index.passages if passage.article is article]
        for article in index.articles
    }
    return [(each.file, each.shared_lines, each.title, own[each.id]) for each in index.articles]


def test_a_folder_that_grows_shrinks_and_changes_gives_the_same_as_building_it(tmp_path: Path):
    texts = {name: page.text for outlet in ("local_paper", "magazine") for name, page in files_of(outlet).items()}
    names = sorted(texts, key=lambda name: name[-6:])
    folder = written(tmp_path / "news", {name: texts[name] for name in names[:3]})
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    for count in (4, 5, 6, 7, 12, 24):
        written(folder, {name: texts[name] for name in names[:count]})
        index = index.refreshed()
        assert state(index) == state(Index.build(folder, encoder=FakeEncoder(), reranker=None)), count
    assert "Nine in ten who read Fallow" not in "".join(passage.text for passage in index.passages)
    changed = texts[names[0]].replace("nine weeks", "ten weeks")
    written(folder, {names[0]: changed})
    for name in names[5:]:
        (folder / name).unlink()
    index = index.refreshed()
    assert state(index) == state(Index.build(folder, encoder=FakeEncoder(), reranker=None))
    assert "Nine in ten who read Fallow" in "".join(passage.text for passage in index.passages)


def test_only_articles_whose_shared_lines_change_are_made_anew(tmp_path: Path):
    files, encoder = files_of("magazine"), CountingEncoder()
    folder = written(tmp_path / "news", {name: files[name].text for name in list(files)[:9]})
    index = Index.build(folder, encoder=encoder, reranker=None)
    taken = {article.file: index.taken_in(article) for article in index.articles}
    encoder.texts.clear()
    written(folder, {"magazine09.txt": files["magazine09.txt"].text})
    grown = index.refreshed()
    assert {each.file: grown.taken_in(each) for each in grown.articles if each.file in taken} == taken
    assert encoder.texts
    assert all(text in files["magazine09.txt"].text for text in encoder.texts)


def test_an_index_keeps_its_shared_lines_on_disk(tmp_path: Path):
    folder = written(tmp_path / "news", {name: page.text for name, page in files_of("agency").items()})
    index = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    index.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    assert state(loaded) == state(index)
    assert loaded.articles[0].shared_lines.startswith("VNX | Varda News Exchange | General service")
