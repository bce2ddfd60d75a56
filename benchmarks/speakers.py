"""How well speakers are found: `python -m benchmarks.speakers STATEMENTS.jsonl ARTICLES [--wrong]`.

Precision of the names shown and recall of the names there are, over the statements of a gold file that lie in a
sentence of the articles. A name is right when it is the gold's `speaker`, its `speaker_mention` or one of its
`speaker_accept`, or the fuller form of a surname; small letters, a leading "the" and the kind of apostrophe count for
nothing.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval import articles, passages
from retrieval.speakers.attribution import attribute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from retrieval.types import Article, Statement


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("statements", type=Path)
    parser.add_argument("articles", type=Path)
    parser.add_argument("--wrong", action="store_true", help="list what is wrong, missed or not cut as a sentence")
    options = parser.parse_args()
    collection = articles.read(options.articles).articles
    start = time.perf_counter()
    statements = {article.file: attributed(article) for article in collection}
    seconds = time.perf_counter() - start
    lines = [json.loads(line) for line in options.statements.read_text("utf-8").splitlines() if line.strip()]
    texts = {article.file: article.text for article in collection}
    results = [judged(line, statements[line["file"]], texts[line["file"]]) for line in lines]
    if options.wrong:
        for line, (result, shown) in zip(lines, results, strict=True):
            if result not in {"right", "silent"}:
                print(
                    f"{result:8} {line['id']} {line['file'][:20]:20} {line['speaker']!s:30} got {shown!s:35} {line['statement'][:70]}"
                )
    print(summary([result for result, _ in results], seconds))


def attributed(article: Article) -> tuple[Statement, ...]:
    """The article's statements over the sentences of its passages."""
    return attribute(article, [span for passage in passages.split(article) for span in passage.sentences])


def judged(line: dict[str, Any], statements: Iterable[Statement], text: str) -> tuple[str, str | None]:
    """`right`, `wrong`, `missed`, `silent` (rightly), `no-sentence`, and the name shown."""
    first = sum(len(row) + 1 for row in text.split("\n")[: line["line_no"] - 1])
    start = text.find(line["statement"], first)
    if start < 0:
        raise ValueError(f"{line['id']} is not in {line['file']} from line {line['line_no']} on")
    best = max(statements, key=lambda each: min(each.end, start + len(line["statement"])) - max(each.start, start))
    if best.start >= start + len(line["statement"]) or best.end <= start:
        return ("no-sentence" if line["speaker"] else "silent"), None
    shown = best.speaker.name if best.speaker else None
    names = [line["speaker"], line["speaker_mention"], *line.get("speaker_accept", [])]
    accepted = {same(name) for name in names if name}
    if shown is None:
        return ("missed" if line["speaker"] else "silent"), None
    rejected = {same(name) for name in line.get("speaker_reject", [])}
    right = any(same(shown) == name or fuller(same(shown), name) for name in accepted) and same(shown) not in rejected
    return ("right" if right else "wrong"), shown


def fuller(shown: str, name: str) -> bool:
    """Is it the full form of a gold's single word, as "Ann Lee" is of "Lee"?"""
    return " " not in name and shown.rsplit(maxsplit=1)[-1] == name


def same(name: str) -> str:
    """A name as it is compared."""
    return name.lower().replace("’", "'").removeprefix("the ")


def summary(results: list[str], seconds: float) -> str:
    right, wrong = results.count("right"), results.count("wrong")
    named = right + results.count("missed") + results.count("no-sentence") + wrong
    precision, recall = right / max(1, right + wrong), right / max(1, named)
    counts = ", ".join(f"{name} {results.count(name)}" for name in sorted(set(results)))
    return (
        f"{len(results)} statements: precision {precision:.3f}, recall {recall:.3f} ({counts}); {seconds * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
