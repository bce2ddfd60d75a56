// A bot written with grammY, which shares no code with python-telegram-bot: it answers, edits, cites inline, and tells
// the errors it was given, one JSON line each.
import { Bot, GrammyError, InlineKeyboard } from "grammy";

const bot = new Bot(process.env.BOT_TOKEN, { client: { apiRoot: process.env.API_ROOT } });
const tell = (fact) => console.log(JSON.stringify(fact));
const keyboard = new InlineKeyboard().text("More", "more:1").copyText("Copy", "cited").url("Source", "https://x.com/a");

bot.command("refuse", async (ctx) => {
  const tries = {
    empty: () => ctx.reply(" "),
    long: () => ctx.reply("😀".repeat(4097)),
    entity: () => ctx.reply("x", { entities: [{ type: "bold", offset: 0, length: 2 }] }),
    data: () => ctx.reply("x", { reply_markup: new InlineKeyboard().text("b", "é".repeat(33)) }),
    chat: () => ctx.api.sendMessage(5, "x"),
    reply: () => ctx.reply("x", { reply_parameters: { message_id: 999 } }),
    edit: () => ctx.api.editMessageText(ctx.chat.id, 999, "x"),
    query: () => ctx.api.answerCallbackQuery("1"),
    html: () => ctx.reply("<p>x", { parse_mode: "HTML" }),
  };
  for (const [name, attempt] of Object.entries(tries)) {
    await attempt().then(
      () => tell([name, "accepted"]),
      (error) => tell([name, error instanceof GrammyError ? error.description : String(error)]),
    );
  }
  await ctx.reply("done");
});
bot.command("stop", async (ctx) => {
  await ctx.reply("bye");
  await bot.stop();
});
bot.on("message:text", (ctx) =>
  ctx.reply(`😀 ${ctx.message.text}`, {
    entities: [{ type: "blockquote", offset: 3, length: ctx.message.text.length }],
    reply_parameters: { message_id: ctx.message.message_id },
    link_preview_options: { is_disabled: true },
    reply_markup: keyboard,
  }),
);
bot.on("edited_message:text", (ctx) => ctx.api.editMessageText(ctx.chat.id, ctx.editedMessage.message_id + 1, "corrected"));
bot.callbackQuery("more:1", async (ctx) => {
  await ctx.answerCallbackQuery({ text: "Here", show_alert: true });
  await ctx.editMessageText("more", { reply_markup: keyboard });
});
bot.on("inline_query", (ctx) =>
  ctx.answerInlineQuery(
    [{ type: "article", id: "1", title: "T", input_message_content: { message_text: ctx.inlineQuery.query } }],
    { cache_time: 0 },
  ),
);
bot.catch((trouble) => tell(["trouble", String(trouble.error)]));

await bot.api.setMyCommands([{ command: "start", description: "Begin" }], { language_code: "de" });
tell(["commands", await bot.api.getMyCommands({ language_code: "de" })]);
await bot.start({ allowed_updates: ["message", "edited_message", "callback_query", "inline_query"] });
