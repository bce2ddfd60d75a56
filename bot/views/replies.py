"""What stands above an answer; what the bot says of itself and its articles: questions to try, help, privacy, a list."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby

from bot import strings
from bot.message import LIMIT, Button, Message, Part, aside, bold, italic, parts
from bot.translation import counted, language_name, spoken, tr
from bot.views.buttons import turn
from bot.views.cards import also_in, cut_line, fact, footline, headline, length, minute
from retrieval import Answer, Article, Index, in_sentence

_EXAMPLES = 3
_I = re.compile(r"I(?:['’]\w+)?")  # the one English word that has a capital and is no name
_LONGEST_REMARKS = 500  # code points: the answer has to have room below them
_NAMED = 6  # outlets or titles named in a sentence about the collection
_PER_PAGE = 20  # articles of a page of their list
_SPARE = 900  # code points for the page's number, and for what is missing in its articles
ASK = "ask"  # kind of a button that asks an example
EXAMPLES = "examples"  # of one that shows them
SOURCES = "sources"  # of one that turns a page of the list of articles
COLLECTION = "collection"  # of one that chooses a collection, and the command that shows these


def remarks(answer: Answer) -> tuple[Part, ...]:
    """The remarks on an answer (unknown words, undated articles …) as one line; no part where there is none."""
    changed = ", ".join(map(fact, answer.changed[:_NAMED]))
    sentences = (
        _silence(answer),
        tr(strings.WRITTEN_BY).format(name=fact(answer.author)) if answer.author else "",
        tr(strings.UNKNOWN).format(words=", ".join(map(fact, answer.unknown[:_NAMED]))) if answer.unknown else "",
        tr(strings.OTHER_LANGUAGE).format(language=language_name(answer.language)) if answer.language else "",
        tr(strings.UNMET).format(limits=", ".join(map(fact, answer.unmet))) if answer.unmet else "",
        tr(strings.UNDATABLE).format(limits=", ".join(map(fact, answer.undatable))) if answer.undatable else "",
        counted(strings.UNDATED, answer.undated) if answer.undated else "",
        counted(strings.CHANGED_FILES, len(answer.changed), names=changed) if changed else "",
    )
    line = aside(" ".join(filter(None, sentences)), map(fact, (*answer.changed, *answer.unmet)))
    return cut_line(line, _LONGEST_REMARKS)


def asked(question: str) -> tuple[Part, ...]:
    """A question that nobody wrote, for the line above its answer."""
    return parts(italic(tr(strings.ASKED) + framed(question)), "\n\n")


def framed(question: str) -> str:
    """An example question with its frame in the language of the running task; the articles' own words stay."""
    for form in strings.EXAMPLE_FORMS.values():
        match = re.fullmatch(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(form)), question)
        if match:
            return fact(tr(form).format(**match.groupdict()))
    return fact(question)


def _silence(answer: Answer) -> str:
    """That the words of the speaker asked for may be others', or that there are none; `""` where neither holds."""
    sentence = strings.OTHERS_WORDS if answer.maybe_others else strings.SILENT if answer.silenced else ""
    return tr(sentence).format(speaker=in_sentence(fact(answer.speaker))) if sentence else ""


def nothing(collection: Index, above: Iterable[Part] = (), *remarks: Iterable[Part]) -> Message:
    """That the articles say nothing on it, what else is to be known, and a button for questions that work."""
    lines = [("\n", *line) for line in remarks if line]
    offered = ((Button(tr(strings.EXAMPLES), EXAMPLES),),) if collection.examples else ()
    return Message(parts(above, tr(strings.NOTHING), *lines), offered)


def near(question: str, collection: Index) -> tuple[Part, ...]:
    """What can be asked of the first name in a question that the articles mention; nothing where they mention none."""
    _, *words = (word.strip('.,;:?!"“”') for word in question.split() or [""])
    runs = groupby(words, key=lambda word: word[:1].isupper() and not _I.fullmatch(word))
    names = (" ".join(run) for capital, run in runs if capital)
    name = next((name for name in names if _is_name(name, collection)), None)
    asked = tr(strings.EXAMPLE_FORMS["mentions"]).format(name=fact(name))
    return aside(tr(strings.NEAR_IT).format(question=asked)) if name else ()


def _is_name(name: str, collection: Index) -> bool:
    """Whether the articles mention it, and with a capital letter: "Times" is no name where they only have "ten times"."""
    texts = ((mention.statement.article.text, mention.matches) for mention in collection.mentions(name))
    return any(text[start].isupper() for text, matches in texts for start, _ in matches)


def examples(collection: Index) -> Message:
    """Questions to try; where there are none, what the articles are."""
    if not collection.examples:
        return Message(_coverage(collection.articles))
    return Message(_examples(collection), _buttons(collection))


def start(collection: Index) -> Message:
    """What this is, and questions to try."""
    return Message(
        parts(tr(strings.START), "\n\n", _coverage(collection.articles), _examples(collection)), _buttons(collection)
    )


def of_collection(name: str, message: Message) -> Message:
    """The message with the name of the collection above it, where there is room."""
    named = replace(message, parts=parts(italic(tr(strings.COLLECTION).format(name=name)), "\n\n", message.parts))
    return named if len(named.text) <= LIMIT else message


def collections(names: Sequence[str], current: str, *, buttons: bool) -> Message:
    """Which collection answers, and the others: as buttons, else how to choose one."""
    rows = tuple((Button(f"✓ {name}" if name == current else name, f"{COLLECTION}:{name}"),) for name in names)
    answering = tr(strings.COLLECTION).format(name=current)
    if buttons:
        return Message(parts(answering, "\n", tr(strings.CHOOSE)), rows)
    ways = [f"\n/collection {name}" for name in names]
    return Message(parts(answering, "\n", tr(strings.CHOOSE), *ways))


def chosen(data: str, names: Sequence[str]) -> str | None:
    """The collection that a button's data chooses; `None` for other data, and for one that is not served any more."""
    kind, _, name = data.partition(":")
    return name if kind == COLLECTION and name in names else None


def menu(*, several: bool) -> tuple[tuple[str, str], ...]:
    """The commands and what each does, in the language of the running task; `several` collections have one to choose."""
    return tuple((name, tr(what)) for name, what in strings.MENU if several or name != COLLECTION)


def commands(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A line for each command and what it does, each with the break in front of it."""
    return [f"\n/{name} {what}" for name, what in pairs]


def help_(*, rule: str | None = None, inline: str | None = None, several: bool = False) -> Message:
    """How to ask; `rule` is what holds in groups, `inline` the bot's name where it can be asked from other chats.

    `several` says whether there are collections to choose from.
    """
    groups = ["\n\n", tr(strings.EDIT), "\n\n", rule] if rule else []
    groups += ["\n\n", tr(strings.INLINE).format(me=f"@{inline}")] if inline else []
    lines = commands(menu(several=several))
    return Message(parts(tr(strings.HELP), "\n\n", tr(strings.GO_ON), groups, "\n\n", tr(strings.COMMANDS), *lines))


def group_rule(me: str, *, reads_all: bool) -> str:
    """How to ask in a group; `reads_all` is Telegram's `can_read_all_group_messages`."""
    return (tr(strings.GROUP_READS_ALL) if reads_all else tr(strings.GROUP_PRIVATE)).format(me=f"@{me}")


def greeting(me: str, *, reads_all: bool) -> Message:
    """The greeting of a group that the bot came into."""
    return Message(parts(tr(strings.GREETING), "\n\n", group_rule(me, reads_all=reads_all)))


def privacy(
    *, telegram: bool, kept_days: int | None = None, votes_days: int | None = None, several: bool = False
) -> Message:
    """What becomes of a question: for how many days its text is kept, and votes; `None` where they are not.

    `several` says whether there are collections to choose from, so that a chat's choice is kept.
    """
    passing = strings.PRIVACY_WAITS if telegram else strings.PRIVACY_FORGOTTEN
    words = counted(strings.PRIVACY_KEPT, kept_days) if kept_days else tr(passing)
    votes = [counted(strings.PRIVACY_VOTES, votes_days)] if votes_days else []
    choice = [tr(strings.PRIVACY_COLLECTION)] if several and telegram else []
    paragraphs = [tr(strings.PRIVACY), words, *votes, *choice, *([tr(strings.PRIVACY_TELEGRAM)] if telegram else [])]
    return Message(parts("\n\n".join(paragraphs)))


def question_prompt() -> Message:
    """The question that somebody gets who asked without words."""
    return Message(parts(tr(strings.ASK_WHAT)), prompt=tr(strings.PROMPT))


def say(sentence: str) -> Message:
    """One of `bot.strings`, in the language of the running task."""
    return Message(parts(tr(sentence)))


def example(data: str, collection: Index) -> str | None:
    """The example question that a button's data stands for; `None` for a forged or an outdated one."""
    return next((question for question in collection.examples if _key(question) == data), None)


def _key(question: str) -> str:
    return f"{ASK}:{hashlib.sha256(question.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _examples(collection: Index) -> tuple[Part, ...]:
    questions = collection.examples[:_EXAMPLES]
    lines = [f"\n{number}. {framed(question)}" for number, question in enumerate(questions, start=1)]
    return parts("\n\n", tr(strings.TRY), *lines) if lines else ()


def _buttons(collection: Index) -> tuple[tuple[Button, ...], ...]:
    return tuple((Button(framed(question), _key(question)),) for question in collection.examples[:_EXAMPLES])


def _coverage(articles: Sequence[Article]) -> tuple[Part, ...]:
    """How many articles, from which outlets, of which time; the titles are a command away, so that buttons stay in sight."""
    outlets = _named(dict.fromkeys(filter(None, (article.outlet for article in articles))))
    sentence = tr(strings.COVERAGE).format(
        articles=counted(strings.ARTICLES, len(articles)),
        outlets=tr(strings.OUTLETS).format(names=outlets) if outlets else "",
        dates=_dates([article.date for article in articles]),
    )
    return parts(sentence, "\n", tr(strings.ALL_SOURCES))


def _named(names: Iterable[str]) -> str:
    facts = [fact(name) for name in names]
    first = ", ".join(facts[:_NAMED])
    rest = len(facts) - _NAMED
    return tr(strings.AND_MORE).format(names=first, count=rest) if rest > 0 else first


def _dates(dates: Sequence[str | None]) -> str:
    """The first and the last day; `""` where an article has no date, since the days would seem to be those of all."""
    days = [fact(date) for date in dates if date]
    if not days or len(days) < len(dates):
        return ""
    first, last = min(days), max(days)
    return (tr(strings.DATE) if first == last else tr(strings.DATES)).format(first=first, last=last)


def sources(articles: Iterable[Article], taken: Iterable[str] = ()) -> tuple[Message, ...]:
    """The articles on pages of at most `LIMIT` code points, with buttons that turn them; one page at least.

    `taken` says when each was taken in (ISO 8601 in UTC): the first page says from when to when, and an article that came later
    than the first ones when it did. Slow for thousands of articles, the first time in a language.
    """
    return _sources(tuple(articles), tuple(taken), spoken())


@lru_cache(maxsize=8)
def _sources(articles: tuple[Article, ...], taken: tuple[str, ...], _language: str) -> tuple[Message, ...]:
    first = min(taken, default="")
    later = {article: time for article, time in zip(articles, taken, strict=False) if time > first}
    copies: dict[Article, list[Article]] = {}  # what differs in nothing but the file is one article
    for article in articles:
        copies.setdefault(replace(article, id="", file=""), []).append(article)
    filled: list[dict[int, list[Article]]] = [{}]
    room = LIMIT - _SPARE
    for number, same in enumerate(copies.values(), start=1):
        needed = sum(map(length, _entry(number, same, later)))
        if needed > room or len(filled[-1]) == _PER_PAGE:
            filled.append({})
            room = LIMIT - _SPARE
        filled[-1][number] = same
        room -= needed
    times = taken_in(taken)
    head = parts(bold(tr(strings.SOURCES)), ["\n", italic(times)] if times else [])
    entries = [parts(*(_entry(*entry, later) for entry in listed.items()), _not_stated(listed)) for listed in filled]
    return tuple(
        _sources_page(number, parts(head if number == 0 else [], content), len(filled))
        for number, content in enumerate(entries)
    )


def taken_in(taken: Collection[str]) -> str:
    """The first and the last time at which articles were taken in; `""` for none."""
    if not taken:
        return ""
    first, last = min(taken), max(taken)
    form = strings.TAKEN_IN if first == last else strings.TAKEN_IN_SINCE
    return tr(form).format(first=minute(first), last=minute(last))


def sources_page(data: str, articles: Iterable[Article], taken: Iterable[str] = ()) -> Message | None:
    """The page that a button's data asks for; `None` for a forged or an outdated one."""
    asked = re.fullmatch(rf"{SOURCES}:([0-9]{{1,6}})", data)
    every = sources(articles, taken) if asked else ()
    return every[int(asked[1])] if asked and int(asked[1]) < len(every) else None


def _sources_page(number: int, content: tuple[Part, ...], count: int) -> Message:
    if count == 1:
        return Message(content)
    foot = tr(strings.PAGE).format(page=number + 1, pages=count)
    return Message(parts(content, "\n\n", foot), (turn(SOURCES, number, count, "‹", "›"),))


def _entry(number: int, same: Sequence[Article], later: Mapping[Article, str]) -> tuple[Part, ...]:
    article, *copies = same
    by = tr(strings.BY).format(name=fact(article.author)) if article.author else None
    passed_on = tr(strings.DISTRIBUTED).format(name=fact(article.distributor)) if article.distributor else None
    lines = (
        parts(filter(None, [", ".join(filter(None, (by, passed_on)))])),
        footline(article),
        also_in([copy.file for copy in copies]),
        parts(italic(tr(strings.TAKEN_IN).format(first=minute(later[article])))) if article in later else (),
    )
    return parts(f"\n\n{number}. ", headline(article), *(("\n", *line) for line in lines if line))


def _not_stated(entries: Mapping[int, Sequence[Article]]) -> tuple[Part, ...]:
    """What the files do not state, said once: each fact with the numbers of the articles that lack it."""
    lacking = {
        tr(name): [number for number, (article, *_) in entries.items() if not getattr(article, field)]
        for field, name in strings.FACTS.items()
    }
    facts = "; ".join(f"{name} {_ranges(numbers)}" for name, numbers in lacking.items() if numbers)
    return parts("\n\n", italic(tr(strings.MISSING).format(facts=facts))) if facts else ()


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers as people write them: 1–3, 5."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
