"""What the benchmarks read does not flatter Byline, and they count right."""

from pathlib import Path

import pytest

from benchmarks import codebase, passages
from retrieval.text.sentences import split


def test_no_sentence_of_the_prose_stands_twice():
    made = passages.prose()
    sentences = [text[start:end] for text in made for start, end in split(text, 0, len(text))]
    assert len(made) > 200
    assert len(set(sentences)) == len(sentences)
    assert all(len(text) <= 800 for text in made)


def test_the_shape_of_a_codebase_counts_lines_of_modules_functions_and_tests(tmp_path: Path):
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "__init__.py").write_text('"""One line."""\n')  # no module of its own
    (tmp_path / "code" / "short.py").write_text("a = 1\nb = 2\n")
    (tmp_path / "code" / "long.py").write_text(
        "def one():\n    return 1\n\n\nasync def two():\n    x = 1\n    return x\n"
    )
    (tmp_path / "tests.py").write_text("a = 1\n" * 3)
    assert codebase.shape([tmp_path / "code"], tmp_path / "tests.py") == (2, 9, 4.5, 7, 3, 3 / 9)
    with pytest.raises(ValueError, match="no Python modules there"):
        codebase.shape([tmp_path / "nowhere"])
