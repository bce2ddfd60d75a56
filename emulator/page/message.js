// A message as a bubble: who, what it answers, its text, when; and the buttons under it.

import { make, toast } from "./dom.js";
import { address, anchor, formatted } from "./formatted.js";

export const nameOf = (user) => user?.first_name ?? "Somebody";

const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

// `view` says who looks on, whether names are shown, and what the bubble's parts do.
export function bubble(message, view) {
  if (message.text === undefined) return service(message);
  const own = message.from?.id === view.me.id;
  const name = own ? "You" : nameOf(message.from);
  const article = make("article", { class: `message ${own ? "own" : "theirs"}`, "data-id": message.message_id, "aria-label": `${name}, ${clock(message.date)}` });
  const actions = make("button", { type: "button", class: "more", "aria-haspopup": "menu", "aria-label": `Actions for the message of ${clock(message.date)}` }, "⋯");
  actions.addEventListener("click", () => view.actions(message, actions));
  const text = make("div", { class: "text", dir: "auto" }, formatted(message.text, message.entities, view.acts));
  article.append(make("div", { class: "bubble" }, ...heads(message, view, own), text, foot(message, actions)));
  article.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a") || String(getSelection())) return;
    event.preventDefault();
    view.actions(message, actions);
  });
  const rows = message.reply_markup?.inline_keyboard;
  if (rows) article.append(keyboard(message, rows, view));
  return article;
}

function heads(message, view, own) {
  const origin = message.forward_origin;
  return [
    view.names && !own ? make("p", { class: `from tint${Math.abs(message.from.id) % 5}` }, nameOf(message.from)) : null,
    message.via_bot ? make("p", { class: "aside" }, `via @${message.via_bot.username}`) : null,
    origin ? make("p", { class: "aside" }, `Forwarded from ${nameOf(origin.sender_user)}`) : null,
    message.reply_to_message ? repliedTo(message, view) : null,
  ];
}

function repliedTo(message, view) {
  const replied = message.reply_to_message;
  return make(
    "button",
    { type: "button", class: "replied", onclick: () => view.jump(replied.message_id) },
    make("b", {}, nameOf(replied.from)),
    make("span", { dir: "auto" }, message.quote?.text ?? replied.text ?? ""),
  );
}

function foot(message, actions) {
  const edited = message.edit_date ? "edited " : "";
  return make("p", { class: "foot" }, actions, make("span", {}, edited), make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)));
}

function service(message) {
  const joined = message.new_chat_members?.map(nameOf).join(", ");
  const words = joined ? `${joined} joined` : message.left_chat_member ? `${nameOf(message.left_chat_member)} left` : "The chat was changed";
  return make("p", { class: "service", "data-id": message.message_id }, words);
}

function keyboard(message, rows, view) {
  const shown = rows.map((row) => make("div", { class: "row" }, ...row.map((button) => key(message, button, view))));
  return make("div", { class: "keyboard", role: "group", "aria-label": "Buttons of this message" }, ...shown);
}

function key(message, button, view) {
  const href = button.url && address(button.url);
  if (href) {
    const link = anchor(href, view.acts, { class: "key link" });
    link.append(button.text, make("span", { class: "sign", "aria-hidden": "true" }, "↗"));
    return link;
  }
  const element = make("button", { type: "button", class: "key" }, button.text);
  element.addEventListener("click", () => pressKey(element, message, button, view));
  return element;
}

async function pressKey(element, message, button, view) {
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.switch_inline_query_chosen_chat) return view.inlineElsewhere(button.switch_inline_query_chosen_chat.query);
  if (element.getAttribute("aria-busy")) return undefined;
  element.setAttribute("aria-busy", "true");
  try {
    await view.press(message, button.callback_data);
  } finally {
    element.removeAttribute("aria-busy");
  }
  return undefined;
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser does not let this page copy");
  }
}
