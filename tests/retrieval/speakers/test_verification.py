"""Whether a sentence is the words of the source that linking found in it."""

from __future__ import annotations

import pytest

from retrieval.articles import page_reader
from retrieval.errors import ModelError
from retrieval.speakers import attribution, cues, document, verification
from retrieval.types import Article

DEED = "President Ines Palm declared an emergency, with the army leading the rescue."


def analysed(*sentences: str) -> attribution.Analysis:
    starts = [sum(len(before) + 1 for before in sentences[:number]) for number in range(len(sentences))]
    spans = [(start, start + len(sentence)) for start, sentence in zip(starts, sentences, strict=True)]
    return attribution.analyse(" ".join(sentences), spans)


@pytest.mark.parametrize(
    "sentence",
    [
        DEED,
        "Senator Ines Palm has opened an exploratory committee to determine whether she will run.",
        "Ines Palm claimed her tenth win of the season.",
        "Ines Palm, the first woman charged, appeared in court on Thursday and was remanded.",
    ],
)
def test_who_is_told_of_does_not_speak_though_a_verb_could_report(sentence: str):
    analysis = analysed(sentence)
    assert attribution.propose(analysis)[0][0]
    assert attribution.link(analysis)[0] == [None]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ines Palm said that the harbour was closed.",
        "The harbour is closed, according to the harbour office.",
        "“The harbour is closed,” said Ines Palm.",
        "Ines Palm warned of floods.",
        "The council denied the charge, calling it absurd.",
    ],
)
def test_reported_words_stay_their_sources(sentence: str):
    analysis = analysed(sentence)
    proposed, _ = attribution.propose(analysis)
    assert proposed[0]
    assert attribution.link(analysis)[0] == proposed


def test_a_sentence_that_leads_to_words_below_keeps_its_speaker():
    analysis = analysed("Ines Palm was asked what she wanted.", "She said two things:", "“A harbour and a quay.”")
    assert all(attribution.link(analysis)[0][1:])


def test_a_withheld_sentence_is_unclear_not_the_outlets_own():
    (statement,) = attribution.attribute(Article("a", "a.txt", DEED, "0" * 64), [(0, len(DEED))])
    assert (statement.voice, statement.speaker) == ("unclear", None)


def test_what_follows_a_withheld_sentence_is_not_its_speakers(monkeypatch):
    analysis = analysed("“The harbour is closed,” said Ines Palm. ", "“We open it in May.”", "“No,” said Tom Reed.")
    names = [link and link.speaker.words[-1] for link in attribution.link(analysis)[0]]
    assert names == ["palm", "palm", "reed"]
    monkeypatch.setattr(verification, "withheld", lambda _, number, __: number == 0)
    names = [link and link.speaker.words[-1] for link in attribution.link(analysis)[0]]
    assert names == [None, None, "reed"]


def test_the_cue_its_source_and_what_is_quoted_are_marked():
    text = "“It is late,” said old Ines Palm."
    read = document.read(text, [(0, len(text))])
    (cue,) = cues.find(read.sentences[0])
    words = [(0, 1), (1, 3), (4, 6), (7, 11), (11, 12), (12, 13), (14, 18), (19, 22), (23, 27), (28, 32), (32, 33)]

    class Encoding:
        ids, offsets = list(range(len(words))), words

    marked = verification.mark(lambda _: Encoding(), read, 0, cue.verb, cue.source)  # type: ignore[arg-type, return-value]
    quoted = [verification.QUOTED] * 6
    assert marked.marks.tolist() == [0, *quoted, verification.CUE, 0, 0, verification.SOURCE, 0, 0]
    assert marked.means.argmax(1).tolist() == [7, 10]
    assert marked.means.sum(1).tolist() == [1, 1]


def test_a_long_sentence_is_read_up_to_its_longest():
    analysis = analysed(f"Ines Palm said the harbour was {'very ' * 230}old.")
    (link,) = attribution.propose(analysis)[0]
    assert link
    model, (cue, *_) = verification._model(), analysis.cues[0]
    assert (
        len(verification.mark(model.tokens, analysis.context.document, 0, cue.verb, cue.source).ids)
        == verification.LONGEST + 2
    )
    assert not verification.withheld(analysis.context.document, 0, link)


def test_other_weights_are_refused(monkeypatch, tmp_path):
    (tmp_path / "verification.onnx").write_bytes(b"other")
    monkeypatch.setattr(verification, "WEIGHTS", tmp_path / "verification.onnx")
    with pytest.raises(ModelError, match="is not the verification of speakers"):
        verification._model.__wrapped__()


def test_the_word_vectors_are_the_page_readers(monkeypatch, tmp_path):
    start, vectors = verification.word_vectors()
    assert 0 < start < start + len(vectors) < page_reader.WEIGHTS.joinpath("page_reader.onnx").stat().st_size
    monkeypatch.setattr(page_reader, "WEIGHTS", tmp_path)
    with pytest.raises(ModelError, match="page reader"):
        verification._model.__wrapped__()
