"""A request → its reply: the one policy of every front end, Telegram's and the terminal's.

The rules of `_RULES` are tried in their order, and the first reply is given; the last rule always has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import strings
from bot.exchange import Exchange, Memory, Reply, Request
from bot.followups import follow_up, without_topic
from bot.listings import everything_said, listing
from bot.message import LIMIT, Message
from bot.state import AnswerRecord
from bot.views import buttons, cards, quotes, replies
from bot.views.quotes import since_changed
from retrieval import Index

Rule = Callable[[Exchange], Reply | None]


_IN_TURN = frozenset([None, "ask", "quote", "cite", "forget"])


def at_once(request: Request) -> bool:
    """Whether a request needs neither a search nor its chat's turn; `/forget` waits for the questions before it."""
    return request.command not in _IN_TURN


def kind(request: Request) -> str:
    """The kind of a request, for the log: none of its text."""
    command = request.command if request.command in _COMMANDS else "other command"
    return f"{request.front_end.kind} {'message' if request.command in {None, 'ask'} else command}"


def respond(request: Request, collection: Index, memory: Memory) -> Reply:
    """The reply to a request, without messages where the bot says nothing. Slow, unless `at_once`; safe from any thread."""
    exchange = Exchange(request, collection, memory)
    reply = next(reply for rule in _RULES if (reply := rule(exchange)) is not None)
    if not exchange.several or reply.verdict == "said" or not reply.messages:
        return reply
    first, *others = reply.messages
    name = request.collection or memory.collections[0]
    return replace(reply, messages=(replies.of_collection(name, first), *others))


def _command(exchange: Exchange) -> Reply | None:
    """Every command but `/ask`; an unknown command gets an answer unless it may be another bot's, in a group."""
    request = exchange.request
    if request.command in {None, "ask"}:
        return None
    command = _COMMANDS.get(request.command or "")
    if command and (command is not _collection or exchange.several):
        return command(exchange)
    return Reply(()) if request.front_end.kind == "group" else exchange.say(strings.UNKNOWN_COMMAND)


def _empty(exchange: Exchange) -> Reply | None:
    if exchange.request.text:
        return None
    return Reply((replies.question_prompt(),)) if exchange.request.front_end.buttons else exchange.say(strings.EMPTY)


def _too_long(exchange: Exchange) -> Reply | None:
    return exchange.say(strings.TOO_LONG) if len(exchange.request.text) > LIMIT else None


def _quotation(exchange: Exchange) -> Reply | None:
    return _quote(exchange) if quotes.is_quote(exchange.request.text) else None


def _claims(exchange: Exchange) -> Reply | None:
    """The check of a text of several claims, forwarded or pasted, or of one that the articles have with other words.

    A pasted text that asks something is a question.
    """
    text = exchange.request.text
    several = len(quotes.claims(text)) > 1 if exchange.request.forwarded else quotes.asserts(text)
    if not several and not quotes.misstates(text, exchange.collection):
        return None
    return Reply((quotes.claim_check(text, exchange.collection),), verdict="claims")


def _small_talk(exchange: Exchange) -> Reply | None:
    """The reply to small talk, and to a request for a summary: there is none, since no answer is written by a machine."""
    sentence = {**strings.SMALL_TALK, "summarise": strings.NO_SUMMARY}.get(exchange.intent)
    return exchange.say(sentence) if sentence else None


_RULES: tuple[Rule, ...] = (
    _command,
    _empty,
    _too_long,
    _quotation,
    _claims,
    _small_talk,
    follow_up,
    listing,
    everything_said,
    without_topic,
    lambda exchange: exchange.ask(exchange.request.text),
)


def _start(exchange: Exchange) -> Reply:
    """The passage that a deep link opens, else an introduction."""
    text, collection = exchange.request.text, exchange.collection
    hit = buttons.linked(text, collection.hit)
    card = cards.card(hit, LIMIT, marked=True) if hit else None
    changed = None if hit else buttons.linked(text, collection.correction)
    shown = card or since_changed([changed] if changed else [])
    return Reply((Message(shown) if shown else replies.start(collection),))


def _help(exchange: Exchange) -> Reply:
    front_end = exchange.request.front_end
    rule = replies.group_rule(front_end.name, reads_all=front_end.reads_groups) if front_end.name else None
    inline = front_end.name if front_end.inline else None
    return Reply((replies.help_(rule=rule, inline=inline, several=exchange.several),))


def _quote(exchange: Exchange) -> Reply:
    """The check of a quote; what goes on from it goes on from its first place, else from what comes nearest."""
    message, status, places = quotes.quote(exchange.request.text, exchange.collection)
    if status == "said" or exchange.request.front_end.kind == "guest":
        return Reply((message,), verdict=status)
    key = exchange.memory.keep(AnswerRecord(status, places, exchange.request.text))
    return Reply((message,), key, status)


def _cite(exchange: Exchange) -> Reply:
    """The citation of the answer that the request follows."""
    request, answer = exchange.request, exchange.followed
    citation = answer and answer.cited(request.text, request.front_end.name)
    return Reply((citation,)) if citation else exchange.outdated or exchange.say(strings.CITE_WHAT)


def _sources(exchange: Exchange) -> Reply:
    """The first page where buttons turn it, else all of them."""
    collection = exchange.collection
    pages = replies.sources(collection.articles, map(collection.taken_in, collection.articles))
    return Reply(pages[:1] if exchange.request.front_end.buttons else pages)


def _privacy(exchange: Exchange) -> Reply:
    on_telegram = exchange.request.front_end.kind != "terminal"
    memory = exchange.memory
    notice = replies.privacy(
        telegram=on_telegram, kept_days=memory.kept_days, votes_days=memory.votes_days, several=exchange.several
    )
    return Reply((notice,))


def _forget(exchange: Exchange) -> Reply:
    """The confirmation; each front end deletes what it remembers."""
    on_telegram = exchange.request.front_end.kind != "terminal"
    return exchange.say(strings.FORGOTTEN if on_telegram else strings.FORGOTTEN_HERE)


def _collection(exchange: Exchange) -> Reply:
    """The collections to choose from; a collection that the request names answers from now on."""
    names, wanted = exchange.memory.collections, exchange.request.text.casefold()
    chosen = next((name for name in names if name.casefold() == wanted), "")
    current = chosen or exchange.request.collection or names[0]
    reply = replies.collections(names, current, buttons=exchange.request.front_end.buttons)
    return Reply((reply,), chosen=chosen)


_COMMANDS: dict[str, Callable[[Exchange], Reply]] = {
    "start": _start,
    "help": _help,
    "quote": _quote,
    "cite": _cite,
    "sources": _sources,
    "collection": _collection,
    "examples": lambda exchange: Reply((replies.examples(exchange.collection),)),
    "privacy": _privacy,
    "forget": _forget,
}
