"""Groups: what privacy mode lets through, topics, coming and going, a group that moves."""

from __future__ import annotations

import pytest

from emulator import BotApi, Switches, people
from emulator.records import from_user


@pytest.fixture
def desk(api):
    return api.group("Desk", api.user("Ben"), api.user("Cleo"))


def heard(api) -> list[str]:
    return [update["message"].get("text", "…") for update in api.pending if "message" in update]


def say_all(api, chat):
    for text in (
        "hello",
        "/ask who",
        "/ask@byline_demo_bot who",
        "/ask@other_bot who",
        "@byline_demo_bot who",
        "no /ask",
    ):
        chat.say(text)


def test_in_privacy_mode_only_commands_for_the_bot_and_replies_to_it_arrive(api, bot, desk):
    say_all(api, desk)
    assert heard(api) == ["/ask who", "/ask@byline_demo_bot who"]
    bot.ask("sendMessage", chat_id=desk.id, text="answer")
    answer = desk.wait_message()
    cleo = desk.people[1]
    desk.say("and then?", cleo, reply_to=answer)
    desk.say("to each other", reply_to=desk.say("said", cleo))
    assert heard(api)[2:] == ["and then?"]


def test_an_administrator_and_a_bot_without_privacy_mode_hear_everything(api, desk):
    people.add_bot(desk, status="administrator")
    say_all(api, desk)
    assert len(heard(api)) == 6
    with BotApi(switches=Switches(reads_groups=True)) as open_api:
        group = open_api.group("Desk", open_api.user("Ben"))
        say_all(open_api, group)
        assert len(heard(open_api)) == 6


def test_an_edit_reaches_the_bot_where_the_message_did(api, desk):
    asked = desk.say("/ask hwo")
    desk.edit(desk.say("hello"), "hi")
    desk.edit(asked, "/ask who")
    edits = [update["edited_message"] for update in api.pending if "edited_message" in update]
    assert [(edit["text"], edit["message_id"]) for edit in edits] == [("/ask who", asked.id)]
    assert (desk.message(asked.id).text, len(desk.message(asked.id).earlier)) == ("/ask who", 1)


def test_in_a_forum_messages_have_a_topic_and_reply_to_its_opening(api, bot):
    forum = api.group("Forum", api.user("Ben"), topics=("News", "Talk"))
    news = forum.topic("News")
    said = forum.say("/ask who", thread=news)
    assert (said.thread, said.raw["is_topic_message"], said.reply_to) == (news, True, news)
    sent = bot.ask("sendMessage", chat_id=forum.id, text="x", message_thread_id=news)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (news, True)
    inherited = bot.ask("sendMessage", chat_id=forum.id, text="x", reply_parameters={"message_id": said.id})
    assert inherited["message_thread_id"] == news
    words = bot.refusal("sendMessage", chat_id=forum.id, text="x", message_thread_id=777)
    assert words == "Bad Request: message thread not found"


def test_a_reply_in_a_plain_supergroup_has_a_thread_that_is_no_topic(api, bot, desk):
    first = desk.say("hello")
    reply = desk.say("/ask who", reply_to=first)
    assert (reply.thread, "is_topic_message" in reply.raw) == (first.id, False)
    words = bot.refusal("sendMessage", chat_id=desk.id, text="x", message_thread_id=first.id)
    assert words == "Bad Request: message thread not found"


def test_the_bot_is_told_when_it_comes_and_goes_and_may_not_write_when_it_is_out(api, bot, desk):
    people.remove_bot(desk)
    assert bot.refusal("sendMessage", chat_id=desk.id, text="x") == "Forbidden: bot was kicked from the supergroup chat"
    people.add_bot(desk)
    assert bot.ask("sendMessage", chat_id=desk.id, text="x")
    changes = [update["my_chat_member"] for update in api.pending if "my_chat_member" in update]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


def test_a_group_that_became_a_supergroup_says_where_it_is_now(api, bot):
    group = api.group("Desk", api.user("Ben"), kind="group")
    moved = people.migrate(group, -1_009_999_999_999)
    status, body = bot.send("sendMessage", chat_id=group.id, text="x")
    assert (status, body["description"], body["parameters"]) == (
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": moved.id},
    )
    assert bot.ask("sendMessage", chat_id=moved.id, text="x")["chat"]["type"] == "supergroup"
    told = [update["message"] for update in api.pending]
    assert [told[0]["migrate_to_chat_id"], told[1]["migrate_from_chat_id"]] == [moved.id, group.id]


def test_people_forward_quote_and_send_what_is_no_text(ana, api):
    ana.say("a claim", forward=from_user(ana.people[0]))
    long = ana.say("one claim and another")
    ana.say("/ask", reply_to=long, quote="another")
    ana.send({"voice": {"file_id": "v", "file_unique_id": "u", "duration": 3}})
    seen = [update["message"] for update in api.pending]
    assert seen[0]["forward_origin"]["type"] == "user"
    assert seen[2]["quote"] == {"text": "another", "position": 14, "is_manual": True}
    assert seen[3]["voice"]["duration"] == 3
    with pytest.raises(ValueError, match="only quote what stands"):
        ana.say("x", reply_to=long, quote="nothing like it")


def test_what_people_write_is_cleaned_and_marked_as_telegram_does(ana):
    said = ana.say(" /ask@byline_demo_bot see\tAmazon.com, @desk #tag $USD me@x.com ")
    assert said.text == "/ask@byline_demo_bot see Amazon.com, @desk #tag $USD me@x.com"
    assert [(entity.type, entity.of(said.text)) for entity in said.entities] == [
        ("bot_command", "/ask@byline_demo_bot"),
        ("url", "Amazon.com"),
        ("mention", "@desk"),
        ("hashtag", "#tag"),
        ("cashtag", "$USD"),
        ("email", "me@x.com"),
    ]


def test_supergroups_number_their_own_messages_and_other_chats_share_theirs(api, ana, desk):
    cleo = api.private(api.user("Cleo"))
    assert [ana.say("a").id, cleo.say("b").id, ana.say("c").id] == [1, 2, 3]
    assert [desk.say("a").id, desk.say("b").id] == [1, 2]
