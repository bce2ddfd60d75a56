"""The text of a call as Telegram keeps it: entities, what it finds by itself, preview options; notes what it altered."""

from __future__ import annotations

from emulator.api_error import JSON, bad
from emulator.detection import with_found
from emulator.fields import check_flags
from emulator.formatting import Formatted, formatted
from emulator.links import link_or_none
from emulator.markup import parsed
from emulator.params import Params
from emulator.state import Altered, World

_PREVIEW = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def text_content(world: World, method: str, params: Params, name: str = "text") -> JSON:
    """Text, entities and preview options as a message shows them. Raises `Refusal`."""
    sent = params.get(name, "")
    text, entities = parsed(sent, params.get("parse_mode", ""), params.json("entities"))
    kept = formatted(text, entities)
    _check_people(world, kept)
    if kept.text != text or kept.dropped:
        world.altered.append(Altered(method, sent, kept.text, kept.dropped))
    return shown(kept) | _preview(params)


def shown(kept: Formatted) -> JSON:
    """Text and entities, those that Telegram finds by itself included."""
    entities = [entity.json() for entity in with_found(kept.text, kept.entities)]
    return {"text": kept.text} | ({"entities": entities} if entities else {})


def _check_people(world: World, kept: Formatted) -> None:
    for entity in kept.entities:
        if entity.type == "text_mention" and str(entity.extra["user"].get("id")) not in map(str, world.users):
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
