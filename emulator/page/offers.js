// The list over the message field: commands after "/", the bot's name after "@", its cards after its name.

import { find, make } from "./dom.js";

const list = () => find("offered");
const input = () => find("text");
let chosen = -1;
let offers = [];

// Each offer has a title, words on it, what taking it does, and perhaps what Tab makes of it.
export function offer(next, { label = "Suggestions", preselect = false } = {}) {
  offers = next;
  list().setAttribute("aria-label", label);
  list().hidden = !offers.length;
  list().replaceChildren(...offers.map(option));
  select(preselect && offers.length ? 0 : -1);
  list().scrollTop = 0;
}

export const closeOffers = () => { note(""); offer([]); };

export function note(words) {
  find("offered-note").hidden = !words;
  find("offered-note").textContent = words;
}

function option({ title, words, take }, at) {
  const element = make("div", { role: "option", id: `offer-${at}`, "aria-selected": "false" }, make("b", {}, title), make("span", {}, words ?? ""));
  element.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  element.addEventListener("click", take);
  return element;
}

function select(at) {
  chosen = at;
  [...list().children].forEach((element, n) => element.setAttribute("aria-selected", n === at));
  const element = list().children[at];
  if (element) input().setAttribute("aria-activedescendant", element.id);
  else input().removeAttribute("aria-activedescendant");
  element?.scrollIntoView({ block: "nearest" });
}

// Whether a key of the message field was meant for the list.
export function keyed(event) {
  if (!offers.length) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) select((Math.max(chosen, step > 0 ? -1 : 0) + step + offers.length) % offers.length);
  else if (event.key === "Escape") closeOffers();
  else if (event.key === "Enter" && !event.shiftKey && chosen >= 0) offers[chosen].take();
  else if (event.key === "Tab" && !event.shiftKey && offers[Math.max(chosen, 0)].complete) offers[Math.max(chosen, 0)].complete();
  else return false;
  event.preventDefault();
  return true;
}
