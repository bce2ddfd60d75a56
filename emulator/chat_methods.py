"""What a bot may ask about chats, their people and files, and that it may leave."""

from __future__ import annotations

from emulator.api_error import JSON, Refusal, bad
from emulator.chats import Room
from emulator.fields import names
from emulator.params import Params
from emulator.state import World


def get_chat(world: World, params: Params) -> JSON:
    """getChat."""
    room = world.room_of(params)
    _check_inside(room)
    more: JSON = {"accent_color_id": room.id % 7, "max_reaction_count": 11, "accepted_gift_types": dict(_NO_GIFTS)}
    return room.json() | more | ({"permissions": dict(_PERMISSIONS)} if room.kind != "private" else {})


_GIFTS = names("unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels")
_NO_GIFTS = dict.fromkeys(_GIFTS, False)
_ALLOWED = names(
    """
    can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes
    can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info
    can_invite_users can_pin_messages can_manage_topics
    """
)
_PERMISSIONS = dict.fromkeys(_ALLOWED, True)


def get_chat_member(world: World, params: Params) -> JSON:
    """getChatMember."""
    room, number = world.room_of(params), params.integer("user_id")
    _check_inside(room)
    if number == world.bot.id:
        return member(world, room.bot_status)
    if number not in world.users:
        raise bad("PARTICIPANT_ID_INVALID" if number > 0 else "invalid user_id specified")
    return {"user": world.users[number].json(), "status": "member" if number in room.members else "left"}


_RIGHTS = names(
    """
    can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
    can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories
    """
)


def member(world: World, status: str) -> JSON:
    """The bot as a member of a chat, as the Bot API's ChatMember."""
    more: JSON = dict.fromkeys(_RIGHTS, False) if status == "administrator" else {}
    more |= {"until_date": 0} if status == "kicked" else {}
    return {"user": world.bot.json(), "status": status} | more


def get_member_count(world: World, params: Params) -> int:
    """getChatMemberCount: the people, and the bot where it is one of them."""
    room = world.room_of(params)
    _check_inside(room)
    return len(room.members) + (room.bot_status in {"member", "administrator"})


def leave(world: World, params: Params) -> bool:
    """leaveChat."""
    room = world.room_of(params)
    if room.kind == "private":
        raise bad("chat member status can't be changed in private chats")
    _check_inside(room)
    room.bot_status = "left"
    return True


def get_file(world: World, params: Params) -> JSON:
    """getFile: nobody ever uploads anything here."""
    del world
    raise bad("file_id not specified" if not params.get("file_id") else "invalid file_id")


def _check_inside(room: Room) -> None:
    if room.kind != "private" and room.bot_status in {"left", "kicked"}:
        said = "was kicked from" if room.bot_status == "kicked" else "is not a member of"
        raise Refusal(403, f"bot {said} the {room.kind} chat")
