"""An index of made-up articles: what is asked, added, removed, saved and loaded."""

from __future__ import annotations

import json
import os
import resource
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval import Answer, Article, ArticlesError, Index, IndexFolderError, ModelError, passage_id
from retrieval.index import storage
from retrieval.search import cross_encoder
from tests.fakes import CountingEncoder, FakeEncoder
from tests.retrieval.index.conftest import BRIDGE

MARKET = "Farmers brought plums and honey to the market. Prices fell by a third since last autumn.\n"


def first(index: Index, question: str) -> str:
    return index.ask(question).hits[0].passage.article.file


def test_a_question_gets_the_passage_word_for_word_and_the_sentence_that_answers(index: Index):
    answer = index.ask("How many million crowns did the bridge cost?")
    hit = answer.hits[0]
    assert hit.passage.text == BRIDGE.strip()
    start, end = hit.highlight
    assert BRIDGE[start:end] == "It cost nine million crowns."
    assert answer.verdict == "answer"


def test_an_encoder_that_gives_no_numbers_makes_no_index(tmp_path: Path):
    class Broken(FakeEncoder):
        def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
            rows = super().encode_passages(texts)
            rows[["plums" in text for text in texts]] = np.nan
            return rows

    index = Index.build([Article("a", "a.txt", MARKET, "0" * 64)], encoder=Broken(), reranker=None)
    with pytest.raises(ValueError, match="^the encoder gave vectors that hold no numbers$"):
        index.save(tmp_path / "index")
    assert not storage.exists(tmp_path / "index")


@pytest.mark.parametrize("question", ["", "   \n\t", "🔥" * 4096, "the of and", "\0", "zzzz qqqq xxxx"])
def test_what_is_no_question_gets_nothing_and_no_exception(index: Index, question: str):
    answer = index.ask(question)
    assert (answer.verdict, answer.hits) == ("nothing", ())


def test_k_is_the_most_that_comes(index: Index):
    question = "the storm, the bridge, the mayor, the library"
    assert len(index.ask(question, k=1).hits) == 1
    assert len(index.ask(question, k=9).hits) == len(index.passages)
    with pytest.raises(ValueError, match="at least 1"):
        index.ask(question, k=0)


def test_a_saved_index_answers_alike(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    for question in ("Who opened the bridge?", "What happened to the library roof?", "plums"):
        assert loaded.ask(question) == index.ask(question)
    assert loaded.passages == index.passages
    assert loaded.examples == index.examples
    assert (loaded.folder, loaded.changes()) == (index.folder, ())


def test_an_index_of_more_files_than_a_process_may_open_unasked_is_loaded(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (sum(1 for _ in Path("/proc/self/fd").iterdir()) + 9, most))
    try:
        loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
        assert loaded.ask("Who opened the new bridge?").hits
        assert loaded.check("A brass band played until dusk.").status == "verbatim"
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] == most
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))


def test_where_the_system_does_not_allow_so_many_files_the_limit_is_named(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index.save(tmp_path / "index")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (9, 9))
    with pytest.raises(
        IndexFolderError, match=r"the index has \d+ files, and a process may open 9 here: allow \d+ \(ulimit -n\)$"
    ):
        Index.load(tmp_path / "index", encoder=FakeEncoder())


def test_an_index_refuses_another_encoder(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    with pytest.raises(IndexFolderError, match="made with the encoder fake-64 .* not with fake-32"):
        Index.load(tmp_path / "index", encoder=FakeEncoder(32))


def test_added_articles_are_found_and_nothing_is_encoded_twice(folder: Path, tmp_path: Path):
    encoder = CountingEncoder()
    index = Index.build(folder, encoder=encoder, reranker=None)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "market.txt").write_text(MARKET)
    before, built = index.passages, set(encoder.texts)
    encoder.texts.clear()
    index.add(tmp_path / "more")
    assert first(index, "Who brought plums to the market?") == "market.txt"
    assert first(index, "Who opened the bridge?") == "bridge.txt"
    assert index.passages[: len(before)] == before
    assert any("plums" in text for text in encoder.texts)
    assert not built & set(encoder.texts)
    assert len(encoder.texts) == len(set(encoder.texts))


def test_articles_of_a_file_that_is_already_there_are_replaced(index: Index, folder: Path):
    (folder / "bridge.txt").write_text(BRIDGE.replace("nine", "twelve"))
    index.add(folder)
    assert [article.file for article in index.articles] == ["bridge.txt", "storm.txt"]
    assert "twelve million" in index.ask("How many million crowns did the bridge cost?").hits[0].passage.text
    assert index.changes() == ()


def test_removed_articles_are_gone_to_the_last_one(index: Index, tmp_path: Path):
    bridge, storm = index.articles
    index.remove(bridge.id)
    assert {passage.article.file for passage in index.passages} == {"storm.txt"}
    assert first(index, "What happened to the library roof?") == "storm.txt"
    index.remove(storm.id)
    assert index.ask("What happened to the library roof?").verdict == "nothing"
    index.save(tmp_path / "index")
    assert Index.load(tmp_path / "index", encoder=FakeEncoder()).articles == ()
    with pytest.raises(ValueError, match="no article"):
        index.remove(bridge.id)


def test_building_adding_and_removing_lead_to_the_same_index(folder: Path, tmp_path: Path):
    whole = Index.build(folder, encoder=FakeEncoder(), reranker=None)
    grown = Index.build([whole.articles[0]], encoder=FakeEncoder(), reranker=None)
    grown.add([whole.articles[1]])
    shrunk = Index.build(
        [*whole.articles, Index.build(folder, encoder=FakeEncoder(), reranker=None).articles[0]][:2],
        encoder=FakeEncoder(),
        reranker=None,
    )
    for other in (grown, shrunk):
        assert other.passages == whole.passages
        assert np.array_equal(other._corpus.hybrid.passages.vectors, whole._corpus.hybrid.passages.vectors)
        assert np.array_equal(other._corpus.hybrid.bounds, whole._corpus.hybrid.bounds)
        assert other.ask("Who opened the bridge?") == whole.ask("Who opened the bridge?")


def test_a_stale_index_serves_what_it_knows_and_says_which_files_changed(index: Index, folder: Path):
    (folder / "bridge.txt").write_text(BRIDGE.replace("nine", "twelve"))
    (folder / "storm.txt").unlink()
    (folder / "market.txt").write_text(MARKET)
    assert index.changes() == (
        "bridge.txt: changed since the index was built",
        "market.txt: new since the index was built",
        "storm.txt: vanished since the index was built",
    )
    assert "nine million" in index.ask("How many million crowns did the bridge cost?").hits[0].passage.text


def test_an_answer_from_a_file_that_has_changed_since_says_so(index: Index, folder: Path):
    question = "Where did the ministers meet?"
    file = index.ask(question).hits[0].passage.article.file
    assert index.ask(question).changed == ()
    before = (folder / file).read_bytes()
    (folder / file).write_bytes(before + b"More.")
    assert file in index.ask(question).changed
    (folder / file).write_bytes(before)
    assert index.ask(question).changed == ()
    (folder / file).unlink()
    assert index.ask(question).changed == (file,)
    os.mkfifo(folder / file)  # nobody writes into it: whoever reads it waits for ever
    assert index.ask(question).changed == (file,)
    shutil.rmtree(folder)
    assert index.ask(question).changed == ()


def test_verify_names_each_passage_that_is_not_where_it_was(index: Index, folder: Path):
    assert index.verify() == ()
    (folder / "bridge.txt").write_text("Lo! " + BRIDGE)
    assert index.verify() == (
        "bridge.txt: changed since the index was built",
        f"bridge.txt: [0, {len(BRIDGE) - 1}) is not there as it was indexed",
    )


def test_a_question_sees_one_state_while_the_collection_changes(index: Index):
    storm = index.articles[1]
    stop = threading.Event()
    faults: list[BaseException] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                assert index.ask("Who opened the bridge?").hits[0].passage.article.file == "bridge.txt"
            except BaseException as fault:
                faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        index.remove(storm.id)
        index.add([storm])
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []


def test_examples_are_made_without_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.txt").write_text(
        "“The bridge is far too dear,” said Mayor Ida Brandt. The bridge opened on Monday.\n"
    )
    monkeypatch.setattr(cross_encoder, "load", lambda name: Other())
    index = Index.build(tmp_path, encoder=FakeEncoder())
    assert index.examples == ("Who said “The bridge is far too dear”?",)


def test_a_warm_index_has_made_what_a_misspelling_a_quote_a_speaker_and_a_term_need(index: Index):
    lazy = {"quotes", "full_text", "speakers", "hybrid", "stories"}
    assert not lazy & vars(index._corpus).keys()
    index.warm()
    assert lazy <= vars(index._corpus).keys()
    assert "_words" in vars(index._corpus.speller)


def test_a_folder_that_is_not_there_is_named():
    with pytest.raises(ArticlesError, match="nowhere"):
        Index.build("nowhere", encoder=FakeEncoder(), reranker=None)


def test_a_model_that_is_not_there_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="no model 'no/such-model'.*--model"):
        Index.build(folder, encoder="no/such-model", reranker=None)


def test_a_folder_without_safe_weights_is_refused(folder: Path, tmp_path: Path):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ModelError, match=r"no \.safetensors weights"):
        Index.build(folder, encoder=str(tmp_path / "model"), reranker=None)


def test_an_index_keeps_its_reader_and_refuses_another(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Index.build(folder, encoder=FakeEncoder()).save(tmp_path / "index")
    manifest = json.loads(next((tmp_path / "index").glob("0*/manifest.json")).read_text())
    assert manifest["reader"]["name"] == cross_encoder.DEFAULT
    monkeypatch.setattr(cross_encoder, "load", lambda name: Other())
    with pytest.raises(IndexFolderError, match="made with the reranker byline .* not with other"):
        Index.load(tmp_path / "index", encoder=FakeEncoder())


class Other:
    name = "other"
    checksum = "f" * 64

    def score(self, pairs: object) -> object:
        raise AssertionError("a reader that was refused is not asked")


def test_an_index_without_a_reader_says_so_and_answers_by_the_rule(index: Index, tmp_path: Path):
    index.save(tmp_path / "index")
    manifest = json.loads(next((tmp_path / "index").glob("0*/manifest.json")).read_text())
    assert manifest["reader"] == {"name": None, "checksum": None}


def test_a_misspelt_question_says_what_was_searched_for(index: Index):
    answer = index.ask("how many crouwns did the bridje cost")
    assert answer.question == "how many crouwns did the bridje cost"
    assert answer.searched == "how many crowns did the bridge cost"
    assert answer.hits[0].passage.article.file == "bridge.txt"


def test_a_question_that_is_found_as_it_stands_is_not_rewritten(index: Index):
    assert index.ask("How many million crowns did the bridge cost?").searched is None


SAID = "“The bridge is too dear,” said Mayor Ida Brandt. The bridge opened on Monday. The bridge is red.\n"
OTHER = "“The bridge is a gift,” said engineer Olaf Berg. Swans watched.\n"


@pytest.fixture
def spoken(tmp_path: Path) -> Index:
    folder = tmp_path / "spoken"
    folder.mkdir()
    (folder / "said.txt").write_text(SAID)
    (folder / "other.md").write_text(f"---\ndate: 2031-05-06\npublisher: Harbour Post\n---\n{OTHER}")
    return Index.build(folder, encoder=FakeEncoder(), reranker=None)


def files(index: Index, **limits: str) -> list[str]:
    return sorted({hit.passage.article.file for hit in index.ask("What about the bridge?", k=9, **limits).hits})


def test_filters_leave_out_what_they_do_not_take(spoken: Index):
    assert files(spoken) == ["other.md", "said.txt"]
    assert files(spoken, file="said.txt") == ["said.txt"]
    assert files(spoken, publisher="harbour") == ["other.md"]
    assert files(spoken, since="2031") == ["other.md"]
    assert files(spoken, until="2030") == []
    with pytest.raises(ValueError, match="no date"):
        files(spoken, since="soon")


def test_a_search_by_date_says_how_many_articles_state_none(spoken: Index):
    assert spoken.ask("What about the bridge?", since="2031").undated == 1
    assert spoken.ask("What about the bridge? after:2031", publisher="harbour").undated == 0
    assert spoken.ask("What about the bridge?").undated == 0


@pytest.mark.parametrize(
    ("question", "unmet"),
    [
        ("What about the bridge? source:Reuters", ('source:"Reuters"',)),
        ("What about the bridge? source:harbour file:none.txt", ('file:"none.txt"',)),
        ('What about the bridge? file:said.txt source:"Harbour"', ()),
        ("What about the bridge?", ()),
    ],
)
def test_an_outlet_or_file_that_no_article_is_of_is_named(spoken: Index, question: str, unmet: tuple[str, ...]):
    assert spoken.ask(question).unmet == unmet


def test_a_filter_in_the_question_is_no_word_to_look_for(spoken: Index):
    answer = spoken.ask("What about the bridge? after:2031")
    assert answer.question == "What about the bridge? after:2031"
    assert answer.hits == spoken.ask("What about the bridge?", since="2031").hits


def test_only_the_wanted_speakers_words_answer(spoken: Index):
    answer = spoken.ask("What about the bridge?", k=9, speaker="Brandt")
    assert [marked(hit) for hit in answer.hits] == ["“The bridge is too dear,” said Mayor Ida Brandt."]
    nobody = spoken.ask("What about the bridge?", speaker="Nobody")
    assert (nobody.verdict, nobody.speaker, nobody.silent) == ("nothing", "Nobody", "throughout")


def test_a_question_for_somebodys_words_is_answered_by_those_alone(spoken: Index):
    for question in (
        "What did Brandt say about the bridge being too dear?",
        "is the bridge dear, according to ida brandt",
    ):
        answer = spoken.ask(question, k=9)
        assert [marked(hit) for hit in answer.hits] == ["“The bridge is too dear,” said Mayor Ida Brandt."]
        assert (answer.verdict, answer.speaker, answer.silent) == ("answer", None, None)


def test_one_who_speaks_of_other_things_does_not_answer_and_the_answer_says_so(spoken: Index):
    answer = spoken.ask("What did Berg say about the dear bridge?")
    assert (answer.verdict, answer.speaker, answer.silent) == ("related", "Olaf Berg", "on this")
    assert {hit.passage.article.file for hit in answer.hits} == {"other.md"}
    assert answer.maybe_others == (answer.hits[0].speaker is None)


def test_one_who_does_not_speak_at_all_does_not_answer_and_the_answer_says_so(spoken: Index):
    answer = spoken.ask("What did Zora Quill say about the bridge, which is too dear?")
    assert (answer.verdict, answer.speaker, answer.silent) == ("related", "Zora Quill", "throughout")
    assert answer.maybe_others
    assert answer.hits[0].passage.article.file == "said.txt"


def test_a_hit_says_whether_all_of_its_passage_is_the_words_of_the_same(spoken: Index):
    spoken.add([Article("alone", "alone.txt", "“The bridge is sold,” said Mayor Ida Brandt.\n", "f" * 64)])
    hits = spoken.ask("bridge", k=9).hits
    assert {hit.passage.article.file: hit.whole for hit in hits} == {
        "said.txt": False,
        "other.md": False,
        "alone.txt": True,
    }
    for hit in hits:
        inside = [
            (one.voice, one.speaker and one.speaker.name)
            for one in spoken.statements
            if one.article is hit.passage.article and hit.passage.start <= one.start < hit.passage.end
        ]
        assert hit.whole == (len(set(inside)) == 1)
        assert spoken.hit(passage_id(hit.passage), hit.highlight).whole == hit.whole


def test_only_passages_that_score_half_of_the_best_are_relevant(spoken: Index):
    found = spoken.ask("bridge", k=9).hits
    scores = (0.6, 0.3, 1.0, 0.5, 0.49)
    hits = tuple(replace(found[0], score=score) for score in scores)
    answer = Answer("q", "answer", 0.9, hits)
    assert [hit.score for hit in answer.relevant] == [0.6, 1.0, 0.5]


def test_a_hit_says_whose_words_its_sentence_is(spoken: Index):
    hit = spoken.ask("too dear", k=1).hits[0]
    assert (hit.voice, hit.speaker and hit.speaker.name) == ("speaker", "Ida Brandt")
    hit = spoken.ask("When was the bridge opened on Monday?", k=1, file="said.txt").hits[0]
    assert (marked(hit), hit.speaker) == ("The bridge opened on Monday.", None)


def marked(hit) -> str:
    return hit.passage.article.text[slice(*hit.highlight)]


def test_statements_survive_saving_and_removing(spoken: Index, tmp_path: Path):
    spoken.save(tmp_path / "index")
    assert Index.load(tmp_path / "index", encoder=FakeEncoder()).statements == spoken.statements
    other = next(article for article in spoken.articles if article.file == "other.md")
    spoken.remove(other.id)
    assert [one.article.file for one in spoken.statements] == ["said.txt"] * 3


def test_what_is_not_answered_names_the_words_that_no_article_has(spoken: Index):
    answer = spoken.ask("Which Zebras and quaggas slept?")
    assert answer.verdict != "answer"
    assert answer.unknown == ("Zebras", "quaggas", "slept")
    assert spoken.ask("Is the bridge too dear, said Mayor Ida Brandt?").unknown == ()


def test_a_question_in_another_language_is_told_which_one_the_articles_are_in(spoken: Index):
    german = spoken.ask("Wer hat nicht über das Rathaus und die Schule von hier gesprochen?")
    assert (german.language, german.unknown) == ("en", ())
    assert spoken.ask("Which zebras?").language is None


def test_a_quote_is_checked_and_given_to_its_speaker(spoken: Index):
    check = spoken.check("The bridge is too dear", speaker="Olaf Berg")
    assert check.status == "verbatim"
    assert [match.speaker.name for match in check.matches] == ["Ida Brandt"]
    assert check.misattributed is True
    assert spoken.check("The bridge is not too dear").status == "altered"
    assert spoken.check("Plums are cheap in autumn").status == "not-found"


def test_a_passage_is_found_by_its_identifier(spoken: Index):
    for passage in spoken.passages:
        assert spoken.passage(passage_id(passage)) == passage
    first = spoken.passages[-1]
    assert spoken.passage(f"{first.article.sha256[:16]}:0-7").text == first.article.text[:7]
    for wrong in ("", "x", f"{'f' * 16}:0-4", f"{first.article.sha256[:16]}:0-99999"):
        with pytest.raises(ValueError, match="passage"):
            spoken.passage(wrong)


def test_a_speaker_that_the_file_does_not_name_any_more_is_a_fault(spoken: Index):
    assert spoken.verify() == ()
    path = spoken.folder / "said.txt"
    path.write_text(SAID.replace("Ida Brandt", "Ada Brandt"))
    assert any("is given to a name that the file does not have any more" in line for line in spoken.verify())


def _array(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / name, change(np.load(folder / name)))


@pytest.mark.parametrize(
    "change",
    [
        *(
            _array(f"{name}.npy", change)
            for name in ("article_bounds", "sentence_bounds")
            for change in (lambda a: a + 1, lambda a: a[::-1], lambda a: a[:-1])
        ),
        *(_array("spans.npy", change) for change in (lambda a: a[:, :1], lambda a: a[:-1], lambda a: a.astype("i8"))),
        *(_array("sentence_spans.npy", change) for change in (lambda a: a.ravel(), lambda a: a[:-1])),
        *(_array("vectors.npy", change) for change in (lambda a: a[:1], lambda a: a.astype("f8"))),
        *(_array("sentence_vectors.npy", change) for change in (lambda a: a[:, :3], lambda a: a[None])),
        *(_array(f"words/{name}.npy", lambda a: a[:-1]) for name in ("rows", "starts", "counts", "vocabulary.order")),
        *(_array(f"{name}.index.npy", lambda a: a[:-1]) for name in ("texts", "articles")),
        _array("words/rows.npy", lambda a: a + 10**6),
        *(_array("voices.npy", change) for change in (lambda a: a[:-1], lambda a: a - 99)),
        _array("hashes.npy", lambda a: a[:-1]),
        lambda folder: (folder / "taken.json").write_text("[]") and None,
    ],
)
def test_files_that_agree_with_their_sums_and_not_with_each_other_are_refused_at_load(
    spoken: Index, tmp_path: Path, change
):
    spoken.save(tmp_path / "index")
    generation = storage.load(tmp_path / "index")

    def fill(aside: Path) -> None:
        shutil.copytree(generation.folder, aside, dirs_exist_ok=True)
        (aside / "manifest.json").unlink()
        change(next((aside / "segments").iterdir()))

    facts = {name: fact for name, fact in generation.manifest.items() if name not in {"format", "files"}}
    storage.write(tmp_path / "hostile", fill, facts)
    with pytest.raises(IndexFolderError, match="not an index of this Byline .* byline build"):
        Index.load(tmp_path / "hostile", encoder=FakeEncoder())


@pytest.mark.parametrize("facts", [{}, {"encoder": 7}, {"encoder": {"name": "fake-64"}, "reader": {}}])
def test_a_whole_generation_that_is_no_index_is_refused_by_name(tmp_path: Path, facts: dict[str, object]):
    storage.write(tmp_path / "index", lambda aside: (aside / "x").write_text("x"), facts)
    with pytest.raises(IndexFolderError, match="not an index of this Byline .* byline build"):
        Index.load(tmp_path / "index", encoder=FakeEncoder())


def test_damage_that_came_after_the_start_is_named_by_verify(spoken: Index, tmp_path: Path):
    spoken.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index", encoder=FakeEncoder())
    assert loaded.verify() == ()
    path = next(tmp_path.glob("index/0*/segments/*/vectors.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    assert loaded.verify() == (f"{path} is damaged",)


def test_the_body_of_an_article_are_the_stretches_of_its_passages():
    shut, broke = (
        "The mill in Marl is shut. Nobody knows for how long.",
        "Its wheel broke in a storm on Sunday night, the miller said.",
    )
    text = f"Mill shut\n\n{broke} {shut}\n\n{shut} {broke}\n\nShare this on Facebook"
    article = Article(id="m", file="m.txt", text=text, sha256="3" * 64, title="Mill shut")
    index = Index.build([article, replace(article, id="n", file="n.txt")], encoder=FakeEncoder(), reranker=None)
    own = [text[start:end] for start, end in index.body(index.articles[1])]
    assert own == [f"{broke} {shut}", f"{shut} {broke}"]
    with pytest.raises(ValueError, match="m.txt"):
        index.body(replace(article, id="x"))
