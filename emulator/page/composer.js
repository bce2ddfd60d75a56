// Where people write: new messages, replies, corrections; commands, and the bot called by its name.

import { find, toast } from "./dom.js";
import { showField, showStart } from "./frame.js";
import { choosePart } from "./menus.js";
import { closeOffers, keyed, note, offer } from "./offers.js";
import { act } from "./server.js";
import { nameOf } from "./message.js";

const CALLED_AFTER = 300; // milliseconds without a key, before the bot is called
const LONGEST_QUERY = 256; // as Telegram cuts it
const LONGEST_MESSAGE = 4096; // characters that Telegram takes

const input = () => find("text");
const drafts = new Map();
let app;
let about = null; // { message, part, edited }: what is answered or corrected
let calling = null;
let pausing;

// `app` knows the chat that is open, who writes in it, and the bot.
export function setUpComposer(theApp) {
  app = theApp;
  find("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  for (const id of ["send", "menu"]) find(id).addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  for (const kind of ["keydown", "paste"]) document.addEventListener(kind, catchText);
  find("menu").addEventListener("click", () => write(input().value === "/" ? "" : "/"));
  find("bar-close").addEventListener("click", () => { leaveBar(); input().focus(); });
  find("bar-text").addEventListener("click", pickPart);
  input().addEventListener("input", changed);
  input().addEventListener("keydown", onKey);
}

export function write(text) {
  input().value = text;
  showField();
  input().setSelectionRange(text.length, text.length);
  changed();
}

export function reply(message, part = null, placeholder = "Message") {
  openBar({ message, part, edited: false });
  input().placeholder = placeholder;
  input().focus();
}

export function correct(message) {
  openBar({ message, part: null, edited: true });
  write(message.text);
}

export function call(query) {
  write(`@${app.bot().username} ${query}`);
}

export function moved(from, to) {
  if (from !== undefined) drafts.set(from, about?.edited ? "" : input().value);
  leaveBar();
  input().value = drafts.get(to) ?? "";
  showStart();
  changed();
}

function openBar(next) {
  about = next;
  const { message, part, edited } = about;
  find("bar").hidden = false;
  find("bar-text").disabled = edited;
  find("bar-text").replaceChildren(title(edited ? "Edit" : `Reply to ${nameOf(message.from)}`), part ?? message.text ?? "");
  find("bar-text").title = edited ? "" : "Choose a part of it";
}

function title(words) {
  const element = document.createElement("b");
  element.textContent = words;
  return element;
}

function leaveBar() {
  if (about?.edited) input().value = "";
  about = null;
  find("bar").hidden = true;
  input().placeholder = "Message";
  grow();
}

function pickPart() {
  const { message, part } = about;
  choosePart(message.text, part, (chosen) => reply(message, chosen));
}

async function send() {
  const words = input().value;
  const length = [...words.trim()].length;
  if (!length) return;
  if (length > LONGEST_MESSAGE) return void toast(`Too long: a message holds ${LONGEST_MESSAGE} characters, this has ${length}.`);
  const [action, body] = what(words);
  input().value = "";
  leaveBar();
  changed();
  try {
    if (action) await act(action, body);
  } catch (error) {
    toast(error.message);
    if (!input().value) write(words);
  }
}

function what(text) {
  const chat = app.chat().id;
  if (about?.edited) return [about.message.text === text ? null : "edit", { chat, message: about.message.message_id, text }];
  const answered = about && { reply_to: about.message.message_id, ...(about.part && { quote: about.part }) };
  return ["say", { chat, sender: app.me().id, text, ...answered }];
}

function changed() {
  grow();
  clearTimeout(pausing);
  calling?.abort();
  const text = input().value;
  const name = `@${app.bot().username}`;
  closeOffers();
  if (text.toLowerCase().startsWith(`${name.toLowerCase()} `)) callSoon(text.slice(name.length + 1).trim());
  else if (/^@\w*$/.test(text) && name.toLowerCase().startsWith(text.toLowerCase())) offerName(name);
  else if (/^\/\w*$/.test(text)) offerCommands(text.slice(1).toLowerCase());
}

// The bot has set other commands: those over the field are offered anew.
export function menuChanged() {
  if (input().value.startsWith("/")) changed();
}

function grow() {
  input().style.setProperty("height", "auto");
  input().style.setProperty("height", `${input().scrollHeight}px`);
}

function offerName(name) {
  const take = () => write(`${name} `);
  offer([{ title: name, words: "call the bot by its name: its answers as cards, in any chat", take, complete: take }]);
}

function offerCommands(begun) {
  const menu = app.chat().commands.filter(({ command }) => command.startsWith(begun));
  const offers = menu.map(({ command, description }) => ({
    title: `/${command}`,
    words: description,
    take: () => { input().value = `/${command}`; send(); },
    complete: () => write(`/${command} `),
  }));
  offer(offers, { label: "Commands", preselect: begun !== "" });
}

function callSoon(query) {
  note(`${nameOf(app.bot())} is called …`);
  pausing = setTimeout(() => callNow(query.slice(0, LONGEST_QUERY)), CALLED_AFTER);
}

async function callNow(query) {
  calling = new AbortController();
  const { signal } = calling;
  try {
    const called = await act("inline", { sender: app.me().id, text: query }, signal);
    if (!signal.aborted) showCards(called);
  } catch (error) {
    if (error.name !== "AbortError") note(error.message);
  }
}

function showCards({ query, answer }) {
  const button = answer?.button;
  const more = button ? [{ title: button.text, words: "in its own chat", take: () => { clear(); app.start(button.start_parameter ?? ""); } }] : [];
  const cards = (answer?.results ?? []).map((card) => ({ title: card.title, words: card.description, take: () => choose(query, card) }));
  offer([...more, ...cards], { label: "Cards" });
  note(!answer ? "It did not answer." : cards.length ? "Choose a card: it is sent to this chat." : "Write your question after its name.");
}

async function choose(query, card) {
  clear();
  try {
    await act("choose", { query, result: card.id, chat: app.chat().id });
  } catch (error) {
    toast(error.message);
  }
}

function clear() {
  write("");
}

// Whoever types or pastes beside the message field means it.
function catchText({ key, isComposing, ctrlKey, metaKey, altKey, target, type }) {
  const isTyped = type === "paste" || (key.length === 1 && key !== " " && !isComposing && !ctrlKey && !metaKey && !altKey);
  if (isTyped && !target.closest?.("textarea, select, input, dialog, [role=menu]")) showField();
}

function onKey(event) {
  if (event.isComposing || keyed(event)) return;
  if (event.key === "Enter" && !event.shiftKey) send();
  else if (event.key === "Escape" && about) leaveBar();
  else if (event.key === "ArrowUp" && !input().value && app.lastOwn()) correct(app.lastOwn());
  else return;
  event.preventDefault();
}
