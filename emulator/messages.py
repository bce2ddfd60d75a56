"""What a bot does with messages: send, reply, edit, delete, react, show that it types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.formatting import Formatted, formatted, parsed
from emulator.keyboards import keyboard_or_none
from emulator.links import link_or_none, with_found
from emulator.params import JSON, Params, bad, check_flags, names, number_field
from emulator.records import ChatState, Message
from emulator.state import Altered, State
from emulator.text import PLAIN, utf16

_PREVIEW = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def text_content(state: State, method: str, params: Params, name: str = "text") -> JSON:
    """Text, entities and preview options as a message shows them. Raises `ApiError`."""
    sent = params.get(name, "")
    text, entities = parsed(sent, params.get("parse_mode", ""), params.json("entities"))
    kept = formatted(text, entities)
    _check_people(state, kept)
    if kept.text != text or kept.dropped:
        state.altered.append(Altered(method, sent, kept.text, kept.dropped))
    return shown(kept) | _preview(params)


def shown(kept: Formatted) -> JSON:
    """Text and entities, those that Telegram finds by itself included."""
    entities = [entity.json() for entity in with_found(kept.text, kept.entities)]
    return {"text": kept.text} | ({"entities": entities} if entities else {})


def _check_people(state: State, kept: Formatted) -> None:
    for entity in kept.entities:
        if entity.type == "text_mention" and str(entity.extra["user"].get("id")) not in map(str, state.users):
            raise bad("user not found")


def _preview(params: Params) -> JSON:
    options = params.json("link_preview_options")
    if options is None:
        return {"link_preview_options": {"is_disabled": True}} if params.flag("disable_web_page_preview") else {}
    if not isinstance(options, dict):
        raise bad("object expected as link preview options")
    check_flags(options, _PREVIEW)
    if options.get("url") and link_or_none(options["url"]) is None:
        raise bad("WEBPAGE_URL_INVALID")
    return {"link_preview_options": options} if options else {}


QUOTE_LENGTH = 1024
KEPT_IN_QUOTES = frozenset({*PLAIN, "custom_emoji"})


def place(chat: ChatState, params: Params) -> JSON:
    """The topic that a call names."""
    thread = params.integer("message_thread_id")
    if not thread:
        return {}
    if thread not in chat.topics:
        raise bad("message thread not found")
    return {"message_thread_id": thread, "is_topic_message": True}


def reply(state: State, chat: ChatState, params: Params) -> JSON:
    """What the message answers, as it shows it; nothing where the answered one is gone and that may be."""
    asked = _asked(params)
    if asked is None:
        return {}
    message_id, other = number_field(asked, "message_id"), asked.get("chat_id")
    source = chat if other is None else state.chat_of(Params(chat_id=str(other)))
    replied = source.message(message_id)
    if replied is None:
        if asked.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return {}
        raise bad("message to be replied not found")
    return quoted(replied) | _thread(chat, replied) | _quote(replied, asked)


def quoted(replied: Message) -> JSON:
    """The replied-to message inside a reply: whole, but without what it itself replied to."""
    return {"reply_to_message": {name: value for name, value in replied.raw.items() if name != "reply_to_message"}}


def _asked(params: Params) -> JSON | None:
    asked = params.json("reply_parameters")
    if asked is not None and not isinstance(asked, dict):
        raise bad("object expected as reply parameters")
    if asked:
        return asked
    old = params.integer("reply_to_message_id")
    return {"message_id": old} if old else None


def _thread(chat: ChatState, replied: Message) -> JSON:
    if not replied.thread or not replied.raw.get("is_topic_message"):
        return {}
    return {"message_thread_id": replied.thread, "is_topic_message": True} if chat.forum else {}


def _quote(replied: Message, asked: JSON) -> JSON:
    if not asked.get("quote"):
        return {}
    text, given = parsed(str(asked["quote"]), str(asked.get("quote_parse_mode") or ""), asked.get("quote_entities"))
    quote = formatted(text, given)
    at = replied.text.find(quote.text)
    if at < 0 or len(quote.text) > QUOTE_LENGTH or not _looks_the_same(replied, utf16(replied.text[:at]), quote):
        raise bad("QUOTE_TEXT_INVALID")
    entities = {"entities": [e.json() for e in quote.entities]} if quote.entities else {}
    return {"quote": {"text": quote.text, "position": utf16(replied.text[:at]), "is_manual": True} | entities}


def _looks_the_same(replied: Message, offset: int, quote: Formatted) -> bool:
    """Whether the quote asks for the very formats that the original has there; quotes and links do not count."""
    end = offset + utf16(quote.text)
    there = {
        (entity.type, max(entity.offset, offset) - offset, min(entity.end, end) - offset)
        for entity in replied.entities
        if entity.type in KEPT_IN_QUOTES and entity.offset < end and entity.end > offset
    }
    return there == {(entity.type, entity.offset, entity.end) for entity in quote.entities}


_ACTIONS = names(
    """
    typing upload_photo record_video upload_video record_voice upload_voice record_audio upload_audio
    upload_document choose_sticker find_location record_video_note upload_video_note
    """
)
REACTIONS = names(
    """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍
    🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
    """
)


def send_message(state: State, params: Params) -> JSON:
    """sendMessage."""
    content = text_content(state, "sendMessage", params)
    chat = state.chat_of(params)
    chat.check_writable()
    markup = keyboard_or_none(params.json("reply_markup"))
    if params.get("message_effect_id"):
        raise bad("EFFECT_ID_INVALID")
    where = place(chat, params) | reply(state, chat, params)
    raw = new_message(state, chat, where | content | shown_markup(markup))
    prompt = markup if markup and "inline_keyboard" not in markup else None
    return dict(state.keep(Message(raw, prompt=prompt)).raw)


def new_message(state: State, chat: ChatState, content: JSON) -> JSON:
    """A message of the bot that is not yet in the chat."""
    number = state.next_message_id(chat)
    chat.typed_at = 0.0  # whoever says something has stopped typing
    return {"message_id": number, "from": state.bot.json(), "chat": chat.json(), "date": state.now()} | content


def shown_markup(markup: JSON | None) -> JSON:
    """Only buttons under the message belong to it; keyboards and forced replies are the client's."""
    return {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}


def send_chat_action(state: State, params: Params) -> bool:
    """sendChatAction."""
    chat = state.chat_of(params)
    action = params.get("action", "").lower()
    if action not in _ACTIONS:
        raise bad("wrong parameter action in request")
    chat.check_writable()
    place(chat, params)
    state.show_typing(chat, action)
    return True


def set_reaction(state: State, params: Params) -> bool:
    """setMessageReaction."""
    chat = state.chat_of(params)
    message = chat.message(params.integer("message_id"))
    if message is None:
        raise bad("message to react not found")
    emoji = tuple(_emoji(reaction) for reaction in params.json("reaction") or [])
    if len(emoji) > 1:
        raise bad("REACTIONS_TOO_MANY")
    state.keep(message.reacted(emoji))
    return True


def _emoji(reaction: Any) -> str:
    emoji = reaction.get("emoji") if isinstance(reaction, dict) else None
    if not isinstance(emoji, str) or emoji.replace("\ufe0f", "") not in REACTIONS:
        raise bad("REACTION_INVALID")
    return emoji


def send_draft(state: State, params: Params) -> bool:
    """sendMessageDraft: a preview that nobody keeps; an empty text is a thinking placeholder."""
    chat = state.chat_of(params)
    chat.check_writable()
    if chat.kind != "private":
        raise bad("PEER_ID_INVALID")
    if not params.integer("draft_id"):
        raise bad("RANDOM_ID_INVALID")
    if params.get("text"):
        text_content(state, "sendMessageDraft", params)
    return True


MOST_DELETED = 100
_TEXT = ("text", "entities", "link_preview_options")
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_text(state: State, params: Params) -> JSON | bool:
    """editMessageText."""
    content = text_content(state, "editMessageText", params)
    return _edit(state, params, content, (*_TEXT, "reply_markup"))


def edit_markup(state: State, params: Params) -> JSON | bool:
    """editMessageReplyMarkup."""
    return _edit(state, params, {}, ("reply_markup",))


def _edit(state: State, params: Params, content: JSON, replaced: tuple[str, ...]) -> JSON | bool:
    message = _editable(state, params)
    markup = keyboard_or_none(params.json("reply_markup"))
    if markup and "inline_keyboard" not in markup:
        raise bad("message can't be edited")
    rest = {name: value for name, value in message.raw.items() if name not in replaced}
    raw = rest | content | shown_markup(markup)
    if _seen(raw) == _seen(message.raw):
        raise bad(_SAME)
    kept = state.keep(message.edited(raw | {"edit_date": state.now()}))
    return True if "inline_message_id" in params else dict(kept.raw)


def _seen(raw: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(raw.get(name) for name in (*_TEXT, "reply_markup"))


def _editable(state: State, params: Params) -> Message:
    if inline_id := params.get("inline_message_id"):
        return _sent_inline(state, inline_id)
    chat = state.chat_of(params)
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = chat.message(params.integer("message_id"))
    if message is None:
        raise bad("message to edit not found")
    chat.check_writable()
    if message.sender_id != state.bot.id or "text" not in message.raw:
        raise bad("message can't be edited")
    return message


def _sent_inline(state: State, inline_id: str) -> Message:
    if inline_id not in state.inline_messages:
        raise bad("MESSAGE_ID_INVALID")
    chat_id, message_id = state.inline_messages[inline_id]
    message = state.chats[chat_id].message(message_id)
    if message is None:
        raise bad("MESSAGE_ID_INVALID")
    return message


def delete_message(state: State, params: Params) -> bool:
    """deleteMessage."""
    chat = state.chat_of(params)
    if not params.integer("message_id"):
        raise bad("message identifier is not specified")
    message = chat.message(params.integer("message_id"))
    if message is None:
        raise bad("message to delete not found")
    if message.sender_id != state.bot.id and chat.kind != "private" and chat.bot_status != "administrator":
        raise bad("message can't be deleted")
    state.keep(message.gone())
    return True


def delete_messages(state: State, params: Params) -> bool:
    """deleteMessages: those that are there; the others are passed over."""
    chat, numbers = state.chat_of(params), params.json("message_ids")
    if (
        not isinstance(numbers, list)
        or not all(isinstance(n, int) for n in numbers)
        or not 1 <= len(numbers) <= MOST_DELETED
    ):
        raise bad("message identifiers are not specified")
    for message in filter(None, map(chat.message, numbers)):
        state.keep(message.gone())
    return True
