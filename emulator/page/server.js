// The emulated Telegram, asked over HTTP: actions of people, and what there is to see, waited for rather than asked again.

const OURS = { "X-Byline-Demo": "1", "Content-Type": "application/json" };
const PAUSE = 1000; // milliseconds before the next try, once the server was not there

export async function act(action, body, signal) {
  const [isDone, answer] = await asked(action, body, signal).catch((error) => {
    throw error.name === "AbortError" ? error : new Error("The bot was stopped: this has not reached it.");
  });
  if (!isDone) throw new Error(answer.error.replace(/^Bad Request: /, "Telegram says: "));
  return answer;
}

async function asked(action, body, signal) {
  const response = await fetch(`/control/${action}`, { method: "POST", headers: OURS, body: JSON.stringify(body), signal });
  return [response.ok, await response.json()];
}

export async function watch(show, lost) {
  for (let since = -1; ; ) {
    try {
      const response = await fetch(`/control/chats?since=${since}`, { headers: OURS });
      if (!response.ok) throw new Error(response.statusText);
      const seen = await response.json();
      since = seen.version;
      show(seen);
    } catch {
      since = -1; // a server that was started again counts anew
      lost();
      await new Promise((wake) => setTimeout(wake, PAUSE));
    }
  }
}
