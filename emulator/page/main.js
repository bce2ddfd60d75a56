// The page as a whole: which chat is open, who writes in it, and what is on the screen of all that there is to see.

import { call, correct, menuChanged, moved, reply, setUpComposer, write } from "./composer.js";
import { find, make, toast } from "./dom.js";
import { measureQuotes } from "./formatted.js";
import { hasKeys, setUpFrame, showFrame, toField } from "./frame.js";
import { alertWith, chooseChat, choosePart, openActions, setUpActions } from "./menus.js";
import { bubble, copy, nameOf } from "./message.js";
import { act, watch } from "./server.js";

const TYPING_SHOWS = 5000; // milliseconds
const NEAR_END = 120; // pixels
const GAP = 14; // pixels over a new message
const HEAD_ROOM = 140; // pixels at most of what came before, over a new message that is longer than the screen
const seenUpTo = new Map(); // the last message that was on the screen, by chat
const writers = new Map(); // who writes, by chat
let seen = null;
let current;
let onScreen = new Map(); // message → what it was made of, and its element
let typingEnds;
let atEnd = true;
let unread = 0; // messages that came below what is on the screen

const chats = () => seen.chats.map((chat) => ({ ...chat, name: chat.title ?? seen.bot.first_name }));
const chat = () => chats().find(({ id }) => id === current);
const privateChat = () => chats().find(({ type }) => type === "private");
const me = () => chat().people.find(({ id }) => id === writers.get(current)) ?? chat().people[0];
const ownLast = () => chat().messages.findLast(isOwn);
const isOwn = (message) => message.from?.id === me().id && message.text !== undefined && !message.via_bot && !message.forward_origin;

const news = ({ id, messages }) => (id === current ? [] : messages.filter(({ message_id }) => message_id > (seenUpTo.get(id) ?? 0)));
const app = { chats, chat, me, bot: () => seen.bot, lastOwn: ownLast, news, start, open, writeAs };

async function tried(action, body) {
  try {
    return await act(action, body);
  } catch (error) {
    toast(error.message);
    return {};
  }
}

const say = (text) => tried("say", { chat: current, sender: me().id, text });

function start(parameter) {
  open(privateChat().id);
  if (parameter) say(`/start ${parameter}`);
}

function startOf(href) {
  const url = new URL(href);
  const isOurs = ["t.me", "telegram.me"].includes(url.hostname) && url.pathname.slice(1).toLowerCase() === seen.bot.username.toLowerCase();
  return isOurs ? url.searchParams.get("start") ?? "" : null;
}

const acts = { say, write, start, startOf };

function view() {
  return { me: me(), names: chat().type !== "private", acts, actions, jump, press, inlineElsewhere };
}

async function press(message, data) {
  const { answer } = await tried("press", { chat: current, message: message.message_id, data, sender: me().id });
  if (!answer?.text) return;
  if (String(answer.show_alert) === "true") alertWith(answer.text);
  else toast(answer.text);
}

function inlineElsewhere(query) {
  chooseChat("Send to which chat?", chats(), (id) => { open(id); call(query); });
}

function actions(message, at) {
  const selected = String(getSelection()).trim();
  const part = selected && message.text.includes(selected) ? selected : null;
  const forward = (to) => tried("forward", { chat: current, message: message.message_id, to, sender: me().id }).then(() => open(to));
  openActions(at, [
    ["Reply", () => reply(message)],
    ["Reply to a part …", () => choosePart(message.text, part, (chosen) => reply(message, chosen))],
    ["Forward …", () => chooseChat("Forward to which chat?", chats(), forward)],
    ["Copy", () => copy(message.text)],
    ...(isOwn(message) ? [["Edit", () => correct(message)]] : []),
  ]);
}

function jump(id) {
  const element = onScreen.get(id)?.element;
  if (!element) return;
  element.scrollIntoView({ block: "center" });
  element.classList.remove("found");
  requestAnimationFrame(() => element.classList.add("found"));
}

function open(id) {
  const before = current;
  document.body.classList.remove("listing");
  if (id !== before) {
    current = id;
    clear();
  }
  render();
  if (id !== before) moved(before, id);
  if (hasKeys()) toField();
}

function writeAs(person) {
  writers.set(current, person);
  clear();
  render();
}

function clear() {
  onScreen = new Map();
  find("log").replaceChildren();
  unread = 0;
}

function render() {
  showFrame();
  showMessages();
  showTyping();
}

function showMessages() {
  const log = find("log");
  const wasEmpty = !onScreen.size;
  log.querySelector(".hello")?.remove();
  if (!chat().messages.length) log.append(hello());
  const next = new Map();
  const fresh = [];
  for (const message of chat().messages) {
    const made = JSON.stringify(message);
    const known = onScreen.get(message.message_id);
    const element = known?.made === made ? known.element : bubble(message, view());
    if (!known) fresh.push(element);
    if (known && known.element !== element) replace(known.element, element);
    next.set(message.message_id, { made, element });
  }
  for (const [id, { element }] of onScreen) if (!next.has(id)) element.remove();
  log.append(...fresh);
  onScreen = next;
  seenUpTo.set(current, chat().messages.at(-1)?.message_id ?? 0);
  measureQuotes(log);
  if (wasEmpty) log.scrollTop = log.scrollHeight;
  else if (fresh.length && (atEnd || isOwn(chat().messages.at(-1)))) follow(log, fresh[0]);
  else unread += fresh.length;
  scrolled();
  const last = chat().messages.at(-1);
  if (last && fresh.includes(next.get(last.message_id).element)) prompted(last);
}

// To the end where all that is new fits on the screen, else to its beginning.
function follow(log, first) {
  const start = first.offsetTop - log.offsetTop;
  const end = log.scrollHeight - log.clientHeight;
  const before = Math.min(first.previousElementSibling?.offsetHeight ?? 0, HEAD_ROOM) + GAP;
  log.scrollTo({ top: start < end ? start - before : end });
}

function scrolled() {
  const log = find("log");
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  if (atEnd) unread = 0;
  const button = find("newest");
  button.hidden = atEnd;
  button.textContent = unread ? `${unread} ↓` : "↓";
  button.setAttribute("aria-label", unread ? `To the newest message, ${unread} new` : "To the newest message");
}

function toNewest() {
  const log = find("log");
  log.scrollTop = log.scrollHeight;
  if (hasKeys()) toField();
  else log.focus();
}

// Whoever was on a button of the message stays on it, or where it was.
function replace(old, element) {
  const stops = [...old.querySelectorAll("button, a")];
  const at = stops.indexOf(document.activeElement);
  old.replaceWith(element);
  if (at < 0) return;
  const now = [...element.querySelectorAll("button, a")];
  (now.find((stop) => stop.textContent === stops[at].textContent) ?? now[Math.min(at, now.length - 1)])?.focus();
}

function prompted(message) {
  const { prompt } = message;
  if (!prompt?.force_reply || (prompt.selective && message.reply_to_message && message.reply_to_message.from?.id !== me().id)) return;
  reply(message, null, prompt.input_field_placeholder);
}

function hello() {
  const words = chat().type === "private"
    ? seen.bot.description || "Ask it about the news articles that it holds: it answers with the passage itself, word for word, and with its source."
    : `${chat().people.map(nameOf).join(" and ")} are here with ${nameOf(seen.bot)}. Try: /ask and a question.`;
  return make("div", { class: "hello" }, make("b", {}, chat().type === "private" ? "What can this bot do?" : chat().name), make("p", {}, words));
}

function showTyping() {
  clearTimeout(typingEnds);
  const words = chat().typing ? "typing" : "";
  if (find("typing").textContent !== words) find("typing").textContent = words;
  if (words) typingEnds = setTimeout(() => { find("typing").textContent = ""; }, TYPING_SHOWS);
}

function show(next) {
  const isFirst = seen === null;
  find("ended").hidden = true;
  const menu = isFirst ? "" : JSON.stringify(chat()?.commands);
  seen = next;
  if (!chats().length) return;
  if (isFirst) for (const { id, messages } of chats()) seenUpTo.set(id, messages.at(-1)?.message_id ?? 0);
  if (chat()) {
    render();
    if (menu !== JSON.stringify(chat().commands)) menuChanged();
  } else open(privateChat()?.id ?? chats()[0].id);
}

function lost() {
  find("ended").hidden = false;
}

function setUp() {
  setUpComposer(app);
  setUpActions();
  setUpFrame(app, (person, language) => tried("language", { person, language }));
  find("start").addEventListener("click", () => say("/start"));
  find("try-inline").addEventListener("click", () => { open(current); call(""); });
  const log = find("log");
  log.addEventListener("scroll", scrolled);
  find("newest").addEventListener("click", toNewest);
  new ResizeObserver(() => {
    measureQuotes(log);
    if (atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);
}

setUp();
watch(show, lost);
