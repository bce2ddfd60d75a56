// A text and its entities as nodes. Telegram counts offsets in UTF-16 units, and so do the strings of a browser.

import { make } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre" };
const ACTIVE = ["bot_command", "mention", "url", "text_link", "email"];
const RANK = { blockquote: 0, expandable_blockquote: 0, pre: 1, code: 2, text_link: 3, url: 3 };
const BLOCKS = ["blockquote", "expandable_blockquote", "pre"];
let quotes = 0;

// `acts` says what a pressed command, name or start link does.
export function formatted(text, entities, acts) {
  const whole = document.createDocumentFragment();
  fill(whole, text, 0, text.length, [...(entities ?? [])].sort(inOrder), acts);
  return whole;
}

export function address(value) {
  let url;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\/|^mailto:/i.test(value) ? value : `https://${value}`);
  } catch {
    return null;
  }
  return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
}

export function anchor(href, acts, attributes = {}) {
  const start = acts.startOf(href);
  const press = start === null ? null : (event) => { event.preventDefault(); acts.start(start); };
  return make("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes, ...(press && { onclick: press }) });
}

const rank = (entity) => RANK[entity.type] ?? 9;
const inOrder = (a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b);

function fill(parent, text, start, end, entities, acts) {
  let at = start;
  let left = entities;
  while (left.length) {
    const [entity, ...rest] = left;
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    const inside = rest.filter((other) => other.offset < to);
    left = [...inside.map((other) => beyond(other, to)), ...rest.filter((other) => other.offset >= to)]
      .filter((other) => other.length > 0).sort(inOrder);
    if (from >= to) { left = rest; continue; }
    parent.append(text.slice(at, from));
    const [outer, inner] = element(entity, text.slice(from, to), acts);
    fill(inner, text, from, to, inside, acts);
    parent.append(outer);
    at = BLOCKS.includes(entity.type) && text[to] === "\n" ? to + 1 : to; // the line of a block ends with it
  }
  parent.append(text.slice(at, end));
}

const beyond = (entity, to) => ({ ...entity, offset: to, length: entity.offset + entity.length - to });

// The element of an entity, and the one inside it that its text goes into.
function element(entity, text, acts) {
  const type = entity.type;
  if (type === "expandable_blockquote") return expandable();
  if (type === "blockquote") return twice(make("blockquote"));
  if (type === "spoiler") return twice(make("span", { class: "spoiler", tabindex: 0 }));
  if (type in TAGS) return twice(make(TAGS[type]));
  return twice((ACTIVE.includes(type) && active(entity, text, acts)) || make("span"));
}

const twice = (element) => [element, element];

function active(entity, text, acts) {
  if (entity.type === "bot_command") return pressed(() => acts.say(text));
  if (entity.type === "mention") return pressed(() => acts.write(`${text} `));
  const href = address(entity.type === "email" ? `mailto:${text}` : entity.url ?? text);
  return href && anchor(href, acts);
}

const pressed = (act) => make("button", { type: "button", class: "linklike", onclick: act });

function expandable() {
  const id = `quote-${++quotes}`;
  const inner = make("div", { class: "quoted", id });
  const button = make("button", { type: "button", class: "unfold", "aria-controls": id, "aria-expanded": "false", "aria-label": "Whole quotation" }, "⌄");
  const quote = make("blockquote", { class: "expandable" }, inner, button);
  const turn = () => button.setAttribute("aria-expanded", quote.classList.toggle("open"));
  quote.addEventListener("click", (event) => {
    if (event.target.closest("button") === button || (!event.target.closest("a, button") && !String(getSelection()))) turn();
  });
  return [quote, inner];
}

// A quotation that is whole anyway needs no button; to be asked once it is on the page.
export function measureQuotes(element) {
  for (const quote of element.querySelectorAll("blockquote.expandable:not(.open)")) {
    const inner = quote.firstChild;
    quote.classList.toggle("whole", inner.scrollHeight <= inner.clientHeight + 2);
  }
}
