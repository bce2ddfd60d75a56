"""The commands of admins, whose numbers stand in `ADMINS`, in a private chat: /add, /remove, /reload, /stats.

For everybody else these commands do not exist. In the folder of articles nothing is written over and nothing is deleted: a
file that is there already stays, and one that is removed is moved into the hidden folder `.removed`, which is not read.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from telegram import Document
from telegram import Message as Incoming
from telegram.error import TelegramError

from bot import strings
from bot.indexes import Refresher
from bot.message import Message, Run, aside, italic, parts
from bot.searching import Search
from bot.state import Entry
from bot.telegram import incoming
from bot.translation import counted, tr
from bot.views import replies
from bot.views.cards import fact
from retrieval import Article, BylineError, Index, unreadable

_PATIENCE = 30.0  # seconds until the admin hears that a file is still being read
_LISTED = 20  # files, or lines on what was left out
_LONGEST_LINE = 300  # characters


class Admin:
    """Answers the commands of admins."""

    def __init__(self, ids: Container[int], search: Search, refreshers: Mapping[str, Refresher]) -> None:
        """`refreshers` keep each of the collections up to date; a command is for the one that its chat has chosen."""
        self._ids, self._search, self._refreshers = ids, search, refreshers

    def may(self, message: Incoming, name: str) -> bool:
        """Whether this is a command of admins, and of one of them."""
        return name in dict(strings.ADMIN_MENU) and self.is_one(message)

    def is_one(self, message: Incoming) -> bool:
        """Whether it is an admin's, in a private chat."""
        return message.chat.type == "private" and incoming.person(message) in self._ids

    @staticmethod
    def menu() -> Message:
        """The commands that only who runs the bot has."""
        lines = replies.commands((name, tr(what)) for name, what in strings.ADMIN_MENU)
        return Message(parts(tr(strings.ADMIN_COMMANDS), *lines))

    async def answer(self, message: Incoming, name: str) -> Message:
        """The reply to such a command, with the name of the collection where there are several."""
        collection = await self._search.chosen(message.chat.id) or self._search.collections[0]
        outcome = await self._carry_out(message, name, collection)
        return replies.of_collection(collection, outcome) if len(self._search.collections) > 1 else outcome

    async def _carry_out(self, message: Incoming, name: str, collection: str) -> Message:
        served = self._search.served[collection]
        if name == "stats":
            entries = await asyncio.wrap_future(self._search.state.ledger())
            return stats(served.collection, entries)
        if served.collection.folder is None:
            return replies.say(strings.NO_FOLDER)
        if name == "add":
            return await self._add(message, served.collection.folder, collection)
        if name == "remove":
            return await self._remove(incoming.own_words(message), served.collection.folder, collection)
        await self._look(collection)
        return inventory(served.collection)

    async def _add(self, message: Incoming, folder: Path, collection: str) -> Message:
        """Store the file of the message, or of the one that it replies to."""
        replied = message.reply_to_message
        document = message.document or (replied.document if replied else None)
        if document is None:
            return replies.say(strings.ADD_WHAT)
        file_name = document.file_name or ""
        try:
            name = safe_name(file_name, document.file_size or 0)
            content = await _content(document)
            safe_name(file_name, len(content))
            await asyncio.to_thread(store, folder, name, content)
        except FolderError as error:
            return about(strings.REFUSED, file_name, reason=str(error))
        in_time = await self._look(collection)
        if any(article.file == name for article in self._search.collection(collection).articles):
            return about(strings.ADDED, name)
        if not in_time:
            return about(strings.STORED, name)
        problems = self._search.collection(collection).problems
        reason = next((each.reason for each in problems if each.file.partition(":")[0] == name), tr(strings.UNREAD))
        return about(strings.REFUSED, name, reason=reason)

    async def _remove(self, file: str, folder: Path, collection: str) -> Message:
        """Put aside the file of this very name; a list of files where there is none."""
        files = {article.file for article in self._search.collection(collection).articles}
        if file not in files:
            return matching(file, self._search.collection(collection).articles)
        try:
            place = await asyncio.to_thread(put_aside, folder, file)
        except FolderError as error:
            return about(strings.REFUSED, file, reason=str(error))
        await self._look(collection)
        return about(strings.REMOVED, file, kept=place)

    async def _look(self, collection: str) -> bool:
        """Whether what the folder holds now was taken in within a while."""
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._refreshers[collection].look()
        except TimeoutError:
            return False
        return True


def about(sentence: str, file: str, **fields: str) -> Message:
    """A sentence of `bot.strings` on a file."""
    names = {"file": fact(file), **{name: fact(value) for name, value in fields.items()}}
    return Message(aside(tr(sentence).format(**names), [names["file"]] if names["file"] else []))


def matching(name: str, articles: Sequence[Article]) -> Message:
    """The files whose name, title or outlet has what was written, or some of all where none has."""
    facts = {each: " ".join(filter(None, (each.file, each.title, each.outlet))).casefold() for each in articles}
    near = [article for article in articles if name.casefold() in facts[article]]
    files = list(dict.fromkeys(article.file for article in near or articles))
    lines = [(Run("\n"), *aside(file, [file])) for file in map(fact, files[:_LISTED])]
    count = len(files) - _LISTED
    more = ["\n", tr(strings.AND_MORE).format(names="…", count=count)] if count > 0 else []
    return Message(parts(tr(strings.REMOVE_WHAT), *lines, more))


def inventory(collection: Index) -> Message:
    """How many articles there are, when they came, and what was left out of them."""
    articles = collection.articles
    times = replies.taken_in([collection.taken_in(article) for article in articles])
    left_out = [line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in collection.left_out]
    lines = [f"\n{fact(line)}" for line in left_out[:_LISTED]]
    number = counted(strings.ARTICLES, len(articles))
    return Message(parts(number, ["\n", italic(times)] if times else [], ["\n", *lines] if lines else []))


def stats(collection: Index, entries: Sequence[Entry]) -> Message:
    """The same, with how many sentences they have, and what users thought of answers."""
    votes = tr(strings.VOTES).format(up=sum(entry.up for entry in entries), down=sum(entry.down for entry in entries))
    unanswered = counted(strings.UNANSWERED, sum(entry.answer.verdict == "nothing" for entry in entries))
    sentences = counted(strings.SENTENCES, len(collection.statements))
    return Message(parts(inventory(collection).parts, "\n\n", sentences, "\n", votes, "\n", unanswered))


async def _content(document: Document) -> bytes:
    try:
        file = await document.get_file()
        return bytes(await file.download_as_bytearray())
    except TelegramError as error:
        raise FolderError(f"Telegram does not hand it over ({error})") from None


MOST = 20_000_000  # bytes of a file that Telegram hands to a bot (https://core.telegram.org/bots/api#getfile)
_ASIDE = ".removed"
_LONGEST_NAME = 120  # bytes; what the system adds must fit into 255


class FolderError(BylineError):
    """A file that is not taken, and why."""


def safe_name(name: str, size: int) -> str:
    """The last part of a file's name, if a file of this name and size is read as articles; raises `FolderError`."""
    last = PurePosixPath(name.replace("\\", "/")).name.strip()
    if not last or last.startswith(".") or not last.isprintable():
        raise FolderError("its name is hidden or has characters that show nothing")
    if len(last.encode("utf-8", "replace")) > _LONGEST_NAME:
        raise FolderError(f"its name has more than {_LONGEST_NAME} bytes")
    if size > MOST:
        raise FolderError(f"{size:,} bytes; Telegram hands over {MOST:,} at most")
    if reason := unreadable(last, size):
        raise FolderError(reason)
    return last


def store(folder: Path, name: str, content: bytes) -> bool:
    """Write a new file, whole or not at all; whether it was not there. Raises `FolderError`, also where another one is."""
    target, aside = folder / name, folder / f".{secrets.token_hex(8)}"
    try:
        if target.is_file() and not target.is_symlink() and target.read_bytes() == content:
            return False  # sent twice, or the bot was stopped in the middle
        try:
            with aside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(aside, target)  # fails where there is one, unlike a rename
        finally:
            with suppress(FileNotFoundError):
                aside.unlink()
    except FileExistsError:
        raise FolderError("another file of this name is there: /remove it first") from None
    except OSError as error:
        raise FolderError(f"the folder of articles cannot be written ({error.strerror})") from None
    return True


def put_aside(folder: Path, name: str) -> str:
    """Move a file of the folder, named as its article has it, into the hidden folder; where it is now. Raises `FolderError`."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    place = f"{_ASIDE}/{stamp}-{secrets.token_hex(2)}-{PurePosixPath(name).name}"
    try:
        (folder / _ASIDE).mkdir(exist_ok=True)
        (folder / name).rename(folder / place)
    except OSError as error:
        raise FolderError(f"it cannot be moved ({error.strerror})") from None
    return place
