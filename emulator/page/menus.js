// What opens over the chat: a message's actions, choices of a chat, a part of a message to quote, an alert.

import { find, make } from "./dom.js";

let opener;

export function openActions(at, actions) {
  const menu = find("actions");
  if (!menu.hidden && opener === at) return closeActions();
  opener = at;
  const items = actions.map(([name, act]) =>
    make("button", { type: "button", role: "menuitem", tabindex: -1, onclick: () => { closeActions(); act(); } }, name));
  menu.replaceChildren(...items);
  menu.hidden = false;
  place(menu, at.getBoundingClientRect());
  items[0].focus();
  return undefined;
}

function place(menu, at) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + height < innerHeight - 8;
  menu.style.setProperty("left", `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`);
  menu.style.setProperty("top", `${Math.max(8, below ? at.bottom : at.top - height)}px`);
}

function closeActions(refocus = true) {
  const menu = find("actions");
  if (menu.hidden) return;
  menu.hidden = true;
  if (refocus) opener?.focus();
}

export function setUpActions() {
  const menu = find("actions");
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[(to + items.length) % items.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") closeActions();
    else return;
    event.preventDefault();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target) && !opener?.contains(event.target)) closeActions(false);
  });
  for (const move of ["wheel", "touchmove"]) addEventListener(move, () => closeActions(false), { passive: true });
}

function openDialog(title, ...content) {
  const dialog = find("dialog");
  const cancel = make("button", { type: "button", onclick: () => dialog.close() }, "Close");
  dialog.replaceChildren(make("h2", { id: "dialog-title" }, title), ...content, make("p", { class: "choices" }, cancel));
  dialog.showModal();
  return dialog;
}

export const alertWith = (text) => openDialog("Byline", make("p", {}, text));

export function chooseChat(title, chats, act) {
  const choices = chats.map((chat) =>
    make("button", { type: "button", onclick: () => { find("dialog").close(); act(chat.id); } }, chat.name));
  openDialog(title, make("div", { class: "choices" }, ...choices));
}

export function choosePart(text, part, act) {
  const field = make("textarea", { readonly: true, rows: 8, "aria-label": "The message: select the part that you mean" });
  const take = () => {
    const chosen = text.slice(field.selectionStart, field.selectionEnd);
    find("dialog").close();
    act(chosen.trim() || null);
  };
  field.value = text;
  openDialog("Select the part that you mean", field, make("p", { class: "choices" }, make("button", { type: "button", class: "main", onclick: take }, "Reply to this part")));
  const at = Math.max(0, text.indexOf(part ?? text));
  field.focus();
  field.setSelectionRange(at, at + (part ?? text).length);
}
