// What stands around the messages: the list of chats, whose chat is open, who writes in it.

import { find, make } from "./dom.js";
import { nameOf } from "./message.js";

const SHOWN_OF_LAST = 48; // characters of a chat's last message
let app;

// A pointer that can hover is a mouse: there, the message field may take the focus without a keyboard jumping up.
export const hasKeys = () => matchMedia("(hover: hover)").matches;

// `app` knows the chats and opens one; `speak` lets a person's Telegram speak another language.
export function setUpFrame(theApp, speak) {
  app = theApp;
  find("back").addEventListener("click", () => {
    document.body.classList.add("listing");
    find("chats").querySelector("button")?.focus();
  });
  find("language").addEventListener("change", (event) => {
    const everybody = new Set(app.chats().flatMap((chat) => chat.people.map(({ id }) => id)));
    for (const person of everybody) speak(person, event.target.value);
  });
}

// Where one goes on: the message field, or START in its place.
export const toField = () => find(find("start").hidden ? "text" : "start").focus();

// The field alone, also before the bot is started: whoever writes there is not to lose a key.
export function showField() {
  find("start").hidden = true;
  find("line").hidden = false;
  find("text").focus();
}

export function showFrame() {
  showList();
  showHead();
  showStart();
  showGroup();
}

function showList() {
  const focused = document.activeElement?.dataset?.chat;
  find("chats").replaceChildren(...app.chats().map(entry));
  if (focused) find("chats").querySelector(`[data-chat="${focused}"]`)?.focus();
}

function entry(chat) {
  const last = chat.messages.at(-1);
  const news = app.news(chat).length;
  const button = make(
    "button",
    { type: "button", "data-chat": chat.id, "aria-current": chat.id === app.chat().id ? "true" : null, onclick: () => app.open(chat.id) },
    make("span", { class: `avatar ${chat.type}`, "aria-hidden": "true" }, chat.name[0]),
    make("b", {}, chat.name),
    make("span", { class: "last" }, last ? `${nameOf(last.from)}: ${begun(last.text)}` : people(chat)),
    news ? make("span", { class: "news" }, String(news), make("span", { class: "unseen" }, " new")) : null,
  );
  return make("li", {}, button);
}

const begun = (text = "…") => [...text.slice(0, 2 * SHOWN_OF_LAST)].slice(0, SHOWN_OF_LAST).join("");
const people = (chat) => (chat.type === "private" ? "bot" : [...chat.people.map(nameOf), nameOf(app.bot())].join(", "));

function showHead() {
  const open = app.chat();
  find("title").textContent = open.name;
  find("about").textContent = people(open);
  find("avatar").textContent = open.name[0];
  find("avatar").className = `avatar ${open.type}`;
  const spoken = app.me().language_code;
  if (spoken) find("language").value = spoken;
}

// As in Telegram, START stands in the message field's place until the bot is started; not over what is being written.
export function showStart() {
  const isWriting = find("text").value || document.activeElement === find("text");
  const isFresh = app.chat().type === "private" && !app.chat().messages.length && !isWriting;
  const hadFocus = document.activeElement === find("start");
  find("start").hidden = !isFresh;
  find("line").hidden = isFresh;
  if (hadFocus && !isFresh) (hasKeys() ? find("text") : find("log")).focus();
}

function showGroup() {
  const { id, type, reads_all, people } = app.chat();
  find("rule").hidden = find("speakers").hidden = type === "private";
  find("rule").textContent = reads_all
    ? "Here the bot answers /ask, a mention, and replies to it."
    : "As in any Telegram group, the bot hears only commands such as /ask, and replies to it.";
  const wanted = `${id}: ${people.map((person) => person.id)}`;
  if (type === "private" || find("speakers").dataset.people === wanted) return;
  find("speakers").dataset.people = wanted;
  find("speakers").replaceChildren(make("legend", {}, "Write as"), ...people.map(writer));
}

function writer(person) {
  const radio = make("input", { type: "radio", name: "writer", value: person.id });
  radio.checked = person.id === app.me().id;
  radio.addEventListener("change", () => app.writeAs(person.id));
  return make("label", {}, radio, nameOf(person));
}
