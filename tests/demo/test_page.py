"""What people see and do on the page, with a scripted bot behind it; in headless Chromium."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import expect

from bot import demo
from tests.demo.conftest import DESKTOP, PHONE

BOT = "byline_demo_bot"
# The nodes of a message as one line, a quotation's own button left out.
DRAWN = """text => { const draw = node => node.nodeType === 3 ? node.data : node.matches('.unfold') ? ''
  : node.matches('.quoted') ? [...node.childNodes].map(draw).join('')
  : `<${node.localName}>${[...node.childNodes].map(draw).join('')}</${node.localName}>`;
  return [...text.childNodes].map(draw).join(''); }"""
LONG = "\n".join(f"line {number}" for number in range(12))


@contextmanager
def answering(bot, kind, answer):
    """Lets the bot wait for one update of a kind in another thread, and answer it."""

    def wait():
        offset = 0
        while True:
            for update in bot.ask("getUpdates", timeout=20, offset=offset):
                offset = update["update_id"] + 1
                if kind in update:
                    return answer(update[kind])

    thread = threading.Thread(target=wait)
    thread.start()
    yield
    thread.join(25)
    assert not thread.is_alive()


def last_update(bot, kind):
    """The newest update of a kind that the bot has been sent."""
    return [update[kind] for update in bot.ask("getUpdates", timeout=5) if kind in update][-1]


def said(page):
    """The newest bubble."""
    return page.locator(".message").last


def offers(page):
    """What is offered over the message field."""
    return page.locator("#offered").get_by_role("option")


def send(page, text):
    page.get_by_role("textbox", name="Message").fill(text)
    page.keyboard.press("Enter")


FORMATTED = [
    ("a bold word", [("bold", 2, 4)], "a <b>bold</b> word"),
    ("😀😀 two pairs", [("bold", 2, 2), ("italic", 5, 3)], "😀<b>😀</b> <i>two</i> pairs"),
    ("quote\nafter", [("blockquote", 0, 5)], "<blockquote>quote</blockquote>after"),
    ("quote\n\nafter", [("blockquote", 0, 5)], "<blockquote>quote</blockquote>\nafter"),
    (
        "He said it all.",
        [("blockquote", 0, 15), ("bold", 3, 8), ("italic", 8, 3)],
        "<blockquote>He <b>said </b><b><i>it </i></b>all.</blockquote>",
    ),
    ("<b>&amp;</b><img src=x onerror=alert(1)>", [], "<b>&amp;</b><img src=x onerror=alert(1)>"),
    ("one two", [("expandable_blockquote", 0, 7), ("bold", 0, 3)], "<blockquote><b>one</b> two</blockquote>"),
]


@pytest.mark.parametrize("case", FORMATTED, ids=[drawn for _, _, drawn in FORMATTED])
def test_formatting_lies_where_telegram_puts_it(page, bot, ana, case):
    text, entities, drawn = case
    listed = [{"type": kind, "offset": offset, "length": length} for kind, offset, length in entities]
    bot.ask("sendMessage", chat_id=ana.id, text=text, entities=listed)
    expect(page.locator(".message.theirs")).to_have_count(1)
    assert said(page).locator(".text").evaluate(DRAWN).replace("</b><b>", "") == drawn.replace("</b><b>", "")


def test_an_address_becomes_a_link_that_opens_outside_and_tells_nothing_of_the_page(page, bot, ana):
    entity = {"type": "text_link", "offset": 0, "length": 4, "url": "https://news.example/a?b=1#:~:text=c"}
    bot.ask("sendMessage", chat_id=ana.id, text="here or harbourpost.com/talks", entities=[entity])
    links = said(page).get_by_role("link")
    expect(links).to_have_count(2)
    assert [link.get_attribute("href") for link in links.all()] == [
        "https://news.example/a?b=1#:~:text=c",
        "https://harbourpost.com/talks",
    ]
    assert {(link.get_attribute("rel"), link.get_attribute("target")) for link in links.all()} == {
        ("noopener noreferrer", "_blank")
    }


@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_a_long_quotation_opens_and_closes(page, bot, ana, how):
    quote = {"type": "expandable_blockquote", "offset": 0, "length": len(LONG)}
    bot.ask("sendMessage", chat_id=ana.id, text=LONG, entities=[quote])
    button = page.get_by_role("button", name="Whole quotation")
    inner = page.locator(".quoted")
    for expanded, whole in (("false", False), ("true", True), ("false", False)):
        expect(button).to_have_attribute("aria-expanded", expanded)
        assert inner.evaluate("one => one.scrollHeight <= one.clientHeight + 2") == whole
        if how == "click":
            inner.click(position={"x": 5, "y": 5})
        else:
            button.press("Enter")


def test_a_short_quotation_needs_no_opening(page, bot, ana):
    quote = {"type": "expandable_blockquote", "offset": 0, "length": 5}
    bot.ask("sendMessage", chat_id=ana.id, text="short", entities=[quote])
    expect(said(page).locator("blockquote")).to_be_visible()
    expect(page.get_by_role("button", name="Whole quotation")).to_be_hidden()


def test_a_pressed_button_spins_until_the_bot_has_answered(page, bot, ana):
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "more:1"}]]}
    bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup=keyboard)
    key = page.get_by_role("button", name="More")
    spun = threading.Event()

    def answer(query):
        assert (query["data"], query["from"]["first_name"]) == ("more:1", "Ana")
        assert spun.wait(15)
        bot.ask("answerCallbackQuery", callback_query_id=query["id"], text="Here it is")

    with answering(bot, "callback_query", answer):
        key.click()
        expect(key).to_have_attribute("aria-busy", "true")
        spun.set()
        expect(page.locator("#toast")).to_have_text("Here it is")
    expect(key).not_to_have_attribute("aria-busy", "true")


def test_an_alert_stays_until_it_is_closed(page, bot, ana):
    keyboard = {"inline_keyboard": [[{"text": "Why?", "callback_data": "why"}]]}
    bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup=keyboard)

    def answer(query):
        bot.ask("answerCallbackQuery", callback_query_id=query["id"], text="Because.", show_alert=True)

    with answering(bot, "callback_query", answer):
        page.get_by_role("button", name="Why?").click()
        expect(page.get_by_role("dialog")).to_contain_text("Because.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_button_that_changes_its_message_keeps_the_focus(page, bot, ana):
    def pages(number):
        return {"inline_keyboard": [[{"text": "›", "callback_data": f"page:{number}"}]]}

    sent = bot.ask("sendMessage", chat_id=ana.id, text="page 1", reply_markup=pages(2))

    def answer(query):
        bot.ask("editMessageText", chat_id=ana.id, message_id=sent["message_id"], text="page 2", reply_markup=pages(3))
        bot.ask("answerCallbackQuery", callback_query_id=query["id"])

    with answering(bot, "callback_query", answer):
        page.get_by_role("button", name="›").press("Enter")
        expect(said(page)).to_contain_text("page 2")
    expect(page.get_by_role("button", name="›")).to_be_focused()


def test_buttons_copy_open_and_call_the_bot(page, bot, ana):
    rows = [
        [{"text": "Copy", "copy_text": {"text": "the citation"}}, {"text": "Source", "url": "https://news.example/a"}],
        [{"text": "Elsewhere", "switch_inline_query_chosen_chat": {"query": "who left", "allow_group_chats": True}}],
    ]
    bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup={"inline_keyboard": rows})
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#toast")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "the citation"
    assert page.get_by_role("link", name="Source").get_attribute("href") == "https://news.example/a"
    page.get_by_role("button", name="Elsewhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Newsroom").click()
    expect(page.get_by_role("heading", name="Newsroom")).to_be_visible()
    expect(page.get_by_role("textbox", name="Message")).to_have_value(f"@{BOT} who left")


def test_a_slash_offers_the_commands_that_the_bot_has_set(page, bot, ana):
    menu = [{"command": "sources", "description": "The articles"}, {"command": "start", "description": "What this is"}]
    bot.ask("setMyCommands", commands=menu)
    page.get_by_role("button", name="Commands").click()
    expect(offers(page)).to_have_count(2)
    page.get_by_role("textbox", name="Message").press_sequentially("so")
    expect(offers(page)).to_have_text(["/sourcesThe articles"])
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("/sources")
    assert last_update(bot, "message")["text"] == "/sources"


def test_commands_that_the_bot_sets_while_they_are_looked_at_are_offered(page, bot):
    page.get_by_role("button", name="Commands").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("/")
    expect(offers(page)).to_have_count(0)
    bot.ask("setMyCommands", commands=[{"command": "sources", "description": "The articles"}])
    expect(offers(page)).to_have_text(["/sourcesThe articles"])


def test_typing_is_shown_until_the_bot_has_said_it(page, bot, ana):
    bot.ask("sendChatAction", chat_id=ana.id, action="typing")
    expect(page.locator("#typing")).to_have_text("typing")
    bot.ask("sendMessage", chat_id=ana.id, text="done")
    expect(page.locator("#typing")).to_be_empty()


def test_an_arrow_up_takes_back_the_last_question_to_be_edited(page, bot, ana):
    send(page, "who mett?")
    expect(said(page)).to_contain_text("who mett?")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("who mett?")
    send(page, "who met?")
    expect(said(page)).to_contain_text("edited")
    edited = last_update(bot, "edited_message")
    assert (edited["text"], edited["message_id"]) == ("who met?", ana.messages[-1].id)


def test_a_reply_can_quote_a_part_of_a_message(page, bot, ana):
    sent = bot.ask("sendMessage", chat_id=ana.id, text="😀 They met on Tuesday. It rained.")
    expect(said(page)).to_contain_text("It rained.")
    said(page).get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Reply to a part").press("Enter")
    field = page.get_by_role("dialog").get_by_role("textbox")
    expect(field).to_be_focused()
    field.evaluate("field => field.setSelectionRange(3, 23)")
    page.get_by_role("button", name="Reply to this part").click()
    send(page, "really?")
    expect(said(page).locator(".replied")).to_contain_text("They met on Tuesday.")
    reply = last_update(bot, "message")
    assert reply["reply_to_message"]["message_id"] == sent["message_id"]
    assert (reply["quote"]["text"], reply["quote"]["position"]) == ("They met on Tuesday.", 3)


def test_a_message_of_the_group_can_be_forwarded_to_the_bot(page, bot, ana, group):
    group.say("The bridge was closed.", group.people[1])
    page.get_by_role("button", name="Newsroom").click()
    said(page).get_by_role("button", name="Actions").press("Enter")
    page.get_by_role("menuitem", name="Forward").click()
    page.get_by_role("dialog").get_by_role("button", name="Byline").click()
    expect(page.get_by_role("heading", name="Byline", level=2)).to_be_visible()
    expect(said(page)).to_contain_text("Forwarded from Ben")
    forwarded = last_update(bot, "message")
    assert (forwarded["text"], forwarded["chat"]["id"]) == ("The bridge was closed.", ana.id)
    assert forwarded["forward_origin"]["sender_user"]["first_name"] == "Ben"


def test_the_bots_name_shows_its_cards_and_a_chosen_one_is_sent(page, bot, ana):
    cards = [
        {"type": "article", "id": name, "title": name, "input_message_content": {"message_text": f"passage {name}"}}
        for name in ("One", "Two")
    ]

    def answer(query):
        assert query["query"] == "who met"
        bot.ask("answerInlineQuery", inline_query_id=query["id"], results=cards)

    with answering(bot, "inline_query", answer):
        page.get_by_role("textbox", name="Message").fill(f"@{BOT} who met")
        expect(offers(page)).to_have_count(2)
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(said(page)).to_contain_text("passage Two")
    expect(said(page)).to_contain_text(f"via @{BOT}")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")


def test_two_people_speak_in_the_group(page, bot, ana, group):
    page.get_by_role("button", name="Newsroom").click()
    send(page, "/ask who met?")
    expect(said(page)).to_have_class("message own")
    page.get_by_role("radio", name="Ben").check()
    expect(said(page)).to_have_class("message theirs")
    expect(said(page)).to_contain_text("Ana")
    send(page, "/ask who left?")
    expect(said(page)).to_contain_text("who left?")
    assert [message.raw["from"]["first_name"] for message in group.messages] == ["Ana", "Ben"]


def test_a_question_back_opens_a_reply_to_it(page, bot, ana):
    prompt = {"force_reply": True, "input_field_placeholder": "Your question"}
    sent = bot.ask("sendMessage", chat_id=ana.id, text="What would you like to know?", reply_markup=prompt)
    field = page.get_by_role("textbox", name="Message")
    expect(field).to_have_attribute("placeholder", "Your question")
    expect(field).to_be_focused()
    send(page, "who met?")
    expect(said(page)).to_contain_text("who met?")
    assert last_update(bot, "message")["reply_to_message"]["message_id"] == sent["message_id"]


def test_a_link_to_the_bot_starts_it_with_its_key(page, bot, ana):
    entity = {"type": "text_link", "offset": 0, "length": 4, "url": f"https://t.me/{BOT}?start=key-1"}
    bot.ask("sendMessage", chat_id=ana.id, text="open", entities=[entity])
    page.get_by_role("link", name="open").click()
    expect(said(page)).to_contain_text("/start key-1")
    assert last_update(bot, "message")["text"] == "/start key-1"


def test_what_telegram_refuses_is_said_and_not_lost(page, ana):
    send(page, "x" * 4097)
    expect(page.locator("#toast")).to_have_text("Too long: a message holds 4096 characters, this has 4097.")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("x" * 4097)


def test_start_stands_in_the_place_of_the_field_until_something_is_written(open_page, api, bot):
    page = open_page(api.root)
    field, start = page.get_by_role("textbox", name="Message"), page.get_by_role("button", name="START")
    expect(start).to_be_focused()
    expect(field).to_be_hidden()
    page.get_by_role("button", name="call the bot by name").click()
    expect(field).to_have_value(f"@{BOT} ")
    expect(field).to_be_focused()
    expect(start).to_be_hidden()
    send(page, "who met?")
    expect(said(page)).to_contain_text("who met?")
    expect(field).to_be_focused()
    expect(start).to_be_hidden()


def test_whoever_types_before_the_start_gets_the_field(open_page, api, bot):
    page = open_page(api.root)
    expect(page.get_by_role("button", name="START")).to_be_focused()
    page.keyboard.type("who met?")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("who met?")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("who met?")


def test_the_message_field_has_a_thin_edge_in_place_of_a_ring(page, ana):
    field = page.get_by_role("textbox", name="Message")
    edge = "field => ['outlineStyle', 'borderTopWidth', 'borderTopColor'].map(name => getComputedStyle(field)[name])"
    field.focus()
    outline, width, focused = field.evaluate(edge)
    assert (outline, width) == ("none", "1px")
    field.blur()
    assert field.evaluate(edge)[2] != focused


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_notice_lies_over_nothing_that_can_be_pressed(open_page, api, bot, ana, size):
    page = open_page(api.root, size)
    rows = [[{"text": f"{row}{side}", "copy_text": {"text": "x"}} for side in "ab"] for row in range(30)]
    bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup={"inline_keyboard": rows})
    page.get_by_role("button", name="29b").click()
    notice = page.locator("#toast")
    expect(notice).to_have_class("shown")
    over = """notice => { const one = notice.getBoundingClientRect();
      return [...document.querySelectorAll("button, a, textarea, select")].filter(other => {
        const two = other.getBoundingClientRect();
        return other.checkVisibility() && two.left < one.right && two.right > one.left
          && two.top < one.bottom && two.bottom > Math.max(one.top, log.getBoundingClientRect().top);
      }).length; }"""
    assert notice.evaluate(over) == 0


def test_a_message_with_its_buttons_is_seen_whole_where_it_fits(page, bot, ana):
    bot.ask("sendMessage", chat_id=ana.id, text=LONG)
    expect(page.locator(".message.theirs")).to_have_count(1)
    lines = page.locator("#log").evaluate("log => Math.floor((log.clientHeight - 140) / 22.08)")
    keyboard = {"inline_keyboard": [[{"text": "Last", "callback_data": "x"}]]}
    bot.ask("sendMessage", chat_id=ana.id, text="\n".join("x" * lines), reply_markup=keyboard)
    expect(page.get_by_role("button", name="Last")).to_be_in_viewport(ratio=1)


def test_the_newest_message_is_a_press_away_from_older_ones(page, bot, ana):
    for number in range(12):
        bot.ask("sendMessage", chat_id=ana.id, text=f"message {number}\n\n\n")
        # One by one: several at once that the screen cannot hold are followed to the first of them.
        expect(said(page)).to_contain_text(f"message {number}")
    down = page.get_by_role("button", name="To the newest message")
    expect(down).to_be_hidden()
    page.locator("#log").evaluate("log => log.scrollTop = 0")
    expect(down).to_be_visible()
    bot.ask("sendMessage", chat_id=ana.id, text="the newest")
    expect(down).to_have_text("1 ↓")
    assert page.locator("#log").evaluate("log => log.scrollTop") == 0
    down.click()
    expect(said(page)).to_be_in_viewport(ratio=1)
    expect(down).to_be_hidden()
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_shift_and_enter_begins_a_line_and_enter_sends(page, bot, ana):
    field = page.get_by_role("textbox", name="Message")
    field.press_sequentially("one")
    height = field.bounding_box()["height"]
    field.press("Shift+Enter")
    field.press_sequentially("two")
    expect(field).to_have_value("one\ntwo")
    assert field.bounding_box()["height"] > height
    field.press("Enter")
    expect(field).to_have_value("")
    expect(said(page)).to_contain_text("two")
    assert last_update(bot, "message")["text"] == "one\ntwo"
    assert field.bounding_box()["height"] == height


def test_the_field_keeps_the_focus_when_the_arrow_is_pressed(page, ana):
    field = page.get_by_role("textbox", name="Message")
    field.fill("who met?")
    page.get_by_role("button", name="Send").click()
    expect(said(page)).to_contain_text("who met?")
    expect(field).to_be_focused()


def test_what_is_typed_or_pasted_beside_the_field_lands_in_it(page, ana):
    page.get_by_role("button", name="Actions").focus()
    page.keyboard.type("who ")
    page.locator("#log").focus()
    page.evaluate("navigator.clipboard.writeText('met?')")
    page.keyboard.press("Control+v")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("who met?")


def test_everything_can_be_hit_with_a_thumb(open_page, api, bot, ana):
    quote = {"type": "expandable_blockquote", "offset": 0, "length": len(LONG)}
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "x"}]]}
    bot.ask("sendMessage", chat_id=ana.id, text=LONG, entities=[quote], reply_markup=keyboard)
    page = open_page(api.root, PHONE, touch=True)
    buttons = page.locator("#chat button:visible")
    assert buttons.count() >= 6
    boxes = [
        (button.get_attribute("aria-label") or button.inner_text(), button.bounding_box()) for button in buttons.all()
    ]
    assert [(name, box) for name, box in boxes if min(box["width"], box["height"]) < 36] == []


def test_another_language_reaches_the_bot(page, bot, ana):
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_label("Language")).to_have_value("de")
    send(page, "wer?")
    expect(said(page)).to_contain_text("wer?")
    assert last_update(bot, "message")["from"]["language_code"] == "de"


def test_two_windows_show_the_same(page, open_page, api, ana):
    other = open_page(api.root)
    send(page, "hello there")
    expect(said(other)).to_contain_text("hello there")


@pytest.mark.parametrize("listing", [False, True], ids=["chat", "list"])
def test_the_page_says_that_the_bot_was_stopped_and_how_to_start_it(open_page, api, ana, listing):
    page = open_page(api.root, PHONE)
    if listing:
        page.get_by_role("button", name="All chats").click()
    api.close()
    expect(page.get_by_role("alert")).to_contain_text("The bot was stopped")
    expect(page.get_by_role("alert")).to_contain_text("make demo")
    assert page.get_by_role("alert").evaluate(
        "alert => { const { x, y } = alert.getBoundingClientRect(); return alert.contains(document.elementFromPoint(x + 20, y + 12)); }"
    )


def test_what_does_not_reach_a_stopped_bot_is_said_in_plain_words_and_kept(page, api, bot, ana):
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "x"}]]}
    bot.ask("sendMessage", chat_id=ana.id, text="x", reply_markup=keyboard)
    key = page.get_by_role("button", name="More")
    key.wait_for()
    api.close()
    plain = "The bot was stopped: this has not reached it."
    send(page, "who met?")
    expect(page.locator("#toast")).to_have_text(plain)
    expect(page.get_by_role("textbox", name="Message")).to_have_value("who met?")
    page.get_by_role("textbox", name="Message").fill(f"@{BOT} who met?")
    expect(page.locator("#offered-note")).to_have_text(plain)
    page.locator("#toast").evaluate("toast => toast.textContent = ''")
    key.click()
    expect(page.locator("#toast")).to_have_text(plain)


def test_the_page_comes_back_with_the_demo(page, api):
    send(page, "before")
    api.close()
    expect(page.get_by_role("alert")).to_be_visible()
    with demo.emulated(int(api.root.rpartition(":")[2])):
        expect(page.get_by_role("alert")).to_be_hidden()
        expect(page.locator(".message")).to_have_count(0)
        send(page, "after")
        expect(said(page)).to_contain_text("after")
