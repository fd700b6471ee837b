// Runs what the visitor wrote, when the visitor says so. Token and history live in this page's memory and nowhere else.
"use strict";
const at = (id) => document.getElementById(id);
const texts = at("console").dataset;
const [query, variables, result, state] = ["query", "variables", "result", "state"].map(at);
const MOST_KEPT = 20;
const EARLIER_SECONDS = 30;
let running = null;
let tokenEnds = 0;

function say(text) { state.textContent = text; }

function written() {
  try {
    const given = variables.value.trim() ? JSON.parse(variables.value) : {};
    return { query: query.value, variables: given };
  } catch { return null; }
}

// As the server writes it: no single quotation mark, so that a shell, Python and JavaScript take it unchanged.
function refreshSnippets() {
  const body = written();
  if (!body) return;
  const text = JSON.stringify(body, null, 2).replaceAll("'", "\\u0027");
  for (const place of document.querySelectorAll("[data-body]")) place.textContent = text;
}

function readable(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

async function show(answer) {
  if (!(answer.headers.get("Content-Type") || "").startsWith("text/event-stream")) {
    result.textContent = readable(await answer.text());
    return;
  }
  result.textContent = "";
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) result.textContent += part.value;
}

// Only where the page was opened with a key of the sandbox.
async function fetchToken() {
  const client = at("client");
  if (!client || Date.now() < tokenEnds) return;
  const form = new URLSearchParams({
    grant_type: "client_credentials", client_id: client.dataset.id, client_secret: client.dataset.secret,
  });
  const answer = await fetch("/oauth/token", { method: "POST", body: form, credentials: "omit", cache: "no-store" });
  if (!answer.ok) { say(client.dataset.refused); return; }
  const given = await answer.json();
  at("token").value = given.access_token;
  tokenEnds = Date.now() + (given.expires_in - EARLIER_SECONDS) * 1000;
}

async function run() {
  const body = written();
  if (!body) { say(texts.wrong); variables.focus(); return; }
  try { await fetchToken(); } catch { say(texts.failed); return; }
  if (running) running.abort();
  const mine = new AbortController();
  running = mine;
  at("stop").hidden = false;
  say(texts.busy);
  keep(body);
  const headers = { "Content-Type": "application/json" };
  headers.Accept = /^\s*subscription\b/m.test(body.query) ? "text/event-stream" : "application/json";
  const token = at("token").value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  try {
    const answer = await fetch("/graphql", {
      method: "POST", headers, body: JSON.stringify(body), signal: mine.signal, credentials: "omit", cache: "no-store",
    });
    say(`HTTP ${answer.status}`);
    await show(answer);
  } catch (failure) {
    if (running === mine) say(failure.name === "AbortError" ? texts.stopped : texts.failed);
  } finally {
    if (running === mine) { running = null; at("stop").hidden = true; }
  }
}

function keep(body) {
  const line = document.createElement("li");
  const again = document.createElement("button");
  const name = /\b(?:query|mutation|subscription)\s+(\w+)/.exec(body.query);
  again.type = "button";
  again.className = "plain";
  again.textContent = `${name ? name[1] : "…"} · ${new Date().toLocaleTimeString()}`;
  again.addEventListener("click", () => {
    query.value = body.query;
    variables.value = JSON.stringify(body.variables, null, 2);
    refreshSnippets();
    query.focus();
  });
  line.append(again);
  at("history").prepend(line);
  if (at("history").children.length > MOST_KEPT) at("history").lastElementChild.remove();
}

// Another document is fetched into this page, since leaving it would forget the token.
async function open(event) {
  event.preventDefault();
  try {
    const address = `/console?document=${encodeURIComponent(at("document").value)}`;
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    query.value = page.getElementById("query").value;
    variables.value = page.getElementById("variables").value;
    // Whole commands: that of a subscription accepts another type of answer.
    const commands = page.querySelectorAll("[data-snippet]");
    document.querySelectorAll("[data-snippet]").forEach((place, index) => {
      place.replaceChildren(...commands[index].childNodes);
    });
    say("");
    query.focus();
  } catch { say(texts.failed); }
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.parentElement.querySelector("[data-snippet]").textContent);
    say(texts.copied);
  } catch { say(texts.uncopied); }
}

at("runner").hidden = false;
fetchToken().catch(() => say(texts.failed));
at("run").addEventListener("click", run);
at("stop").addEventListener("click", () => running && running.abort());
// Before the script of every page, which counts a form sent once as sent.
at("documents").addEventListener("submit", (event) => { event.stopPropagation(); open(event); });
for (const box of [query, variables]) {
  box.addEventListener("input", refreshSnippets);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); }
  });
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
