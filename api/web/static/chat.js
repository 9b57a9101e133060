// Progressive enhancement of the resident's page. Messages go out through the JSON API, news comes by events, and every
// change is shown by fetching the server's own rendering of the transcript: there is one template for a message.
import { announce } from "./announce.js";
import { emptyField, markField, restoreField, watchComposer } from "./composer.js";

const WAIT_SHOWN = 800, SEND_LIMIT = 12000, LOOK_AGAIN = 5000, GIVE_UP = 40000, LONGEST = 2000, NEAR = 80, TWICE = 1000, HASTE = 400;
const $ = (id) => document.getElementById(id);
const root = document.documentElement, say = $("composer").dataset, log = $("log"), list = $("messages");
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const title = document.title;
const pending = [];              // own messages shown before the server has told of them: {id, node, accepted}
let conversation = list.dataset.conversation;
let waits = 0, waitTimer = 0, lookTimer = 0, events = null, pause = 1000;
let again = null;                // what the retry button does
let refreshing = null, stale = false;
let quiet = false;               // what was there before is shown, never announced

root.classList.add("scripts");

// ---- showing -----------------------------------------------------------------------------------------------------
const scroller = () => (log.scrollHeight > log.clientHeight + 1 && getComputedStyle(log).overflowY === "auto"
  ? log : document.scrollingElement);

function isNearEnd() {   // whoever has the newest message in sight wants to see the next; whoever reads further up does not
  const last = list.lastElementChild, floor = scroller() === log ? log.getBoundingClientRect().bottom : innerHeight;
  return !last || last.getBoundingClientRect().bottom <= floor + NEAR;
}

function showEnd() {
  const last = list.lastElementChild;
  if (!last) return;
  const s = scroller();
  if (s === log) {
    const top = last.offsetTop - log.offsetTop - 8;
    s.scrollTop = last.offsetHeight > s.clientHeight ? top : s.scrollHeight;
  } else last.scrollIntoView({ block: last.offsetHeight > innerHeight ? "start" : "nearest" });
  document.querySelector(".newer").hidden = true;
}

function showPending(id, text) {
  const node = document.createElement("li"), line = document.createElement("p"), who = document.createElement("b");
  node.className = "message resident pending";
  who.className = "who";
  who.textContent = say.me;
  line.append(who, text);
  node.append(line);
  list.append(node);
  const entry = { id, node, accepted: false };
  pending.push(entry);
  document.querySelector("[data-starters]")?.remove();
  showEnd();
  return entry;
}

function dropPending(entry) {
  entry.node.remove();
  const place = pending.indexOf(entry);
  if (place >= 0) pending.splice(place, 1);
}

function showTrouble(text, retry) {
  $("trouble").hidden = false;
  $("trouble-text").textContent = text;
  again = retry || null;
  $("retry").hidden = !retry;
  document.title = say.error + title;
  announce(say.error + text);
}

function hideTrouble() {
  $("trouble").hidden = true;
  again = null;
  document.title = title;
  markField(false);
}

function startWait() {
  waits += 1;
  if (waits > 1) return;
  waitTimer = setTimeout(() => { showStatus(say.waiting); announce(say.waiting); }, WAIT_SHOWN);
  lookLater(Date.now());
}

function lookLater(since) {   // events may be blocked on the way (old proxies): look ourselves, and at last say so
  lookTimer = setTimeout(async () => {
    await refresh();
    if (!waits) return;
    if (Date.now() - since > GIVE_UP) { endWait(); showTrouble(say.unanswered, refresh); return; }
    showStatus(say.slow);
    lookLater(since);
  }, LOOK_AGAIN);
}

function endWait() {
  waits = 0;
  clearTimeout(waitTimer);
  clearTimeout(lookTimer);
  showStatus("");
}

function showStatus(text) {
  $("status").hidden = !text;
  $("status").textContent = text;
}

// ---- the transcript ----------------------------------------------------------------------------------------------
const shown = new Map();         // key -> {node, html, said}
for (const node of list.children) shown.set(node.dataset.key, { node, html: node.outerHTML });
const spoken = new Set([...list.children].map((node) => node.dataset.key));

/** Fetch the transcript and show what changed; calls made meanwhile lead to one more fetch. */
function refresh() {
  stale = true;
  refreshing = refreshing || (async () => {
    try {
      while (stale) {
        stale = false;
        const answer = await fetch("/transcript", { credentials: "same-origin" });
        if (!answer.ok) throw new Error(String(answer.status));
        showTranscript(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("messages"));
      }
    } catch { /* the caller's timer or the next event looks again */ } finally { refreshing = null; }
  })();
  return refreshing;
}

function showTranscript(fresh) {
  const gone = conversation && !fresh.dataset.conversation;
  if (gone && !pending.length) { location.reload(); return; }    // cleared in another tab
  connect(fresh.dataset.conversation, fresh.dataset.code);
  const near = isNearEnd(), before = count(list), nodes = [...fresh.children];
  const news = nodes.filter((node) => node.dataset.say && !spoken.has(node.dataset.key));
  placeNodes(nodes);
  for (let known = count(fresh) - before; known > 0; known -= 1) {
    const entry = pending.find((one) => one.accepted);
    if (entry) dropPending(entry);
  }
  for (const entry of pending) list.append(entry.node);
  for (const node of news) { spoken.add(node.dataset.key); if (!quiet) announce(node.dataset.say); }
  if (nodes.length && !fresh.querySelector("[data-waiting]")) endWait();
  if (nodes.length) document.querySelector("[data-starters]")?.remove();
  if (near) showEnd();
  else if (news.length) document.querySelector(".newer").hidden = false;
}

const count = (ol) => ol.querySelectorAll("li.resident:not(.pending)").length;

function placeNodes(nodes) {
  const keys = new Set(nodes.map((node) => node.dataset.key));
  for (const [key, { node }] of shown) if (!keys.has(key)) { node.remove(); shown.delete(key); }
  nodes.forEach((node, place) => {
    const key = node.dataset.key, html = node.outerHTML, old = shown.get(key);
    let now = old?.node;
    if (!old || withoutIds(old.html) !== withoutIds(html)) {
      now = document.importNode(node, true);
      if (old) replaceNode(old.node, now);
      shown.set(key, { node: now, html });
    }
    if (list.children[place] !== now) list.insertBefore(now, list.children[place] || null);
  });
}

const withoutIds = (html) => html.replace(/name="client_message_id" value="[^"]*"/g, "");

function replaceNode(old, now) {   // what was opened or ticked stays so, and the focus stays in it
  const inside = old.contains(document.activeElement);
  const open = old.querySelector("details.sources[open]");
  if (open) now.querySelector("details.sources")?.setAttribute("open", "");
  const boxes = [...old.querySelectorAll(".papers input")];
  now.querySelectorAll(".papers input").forEach((box, place) => { box.checked = boxes[place]?.checked ?? false; });
  old.replaceWith(now);
  if (inside) (now.querySelector(".thanks") || now.querySelector("summary") || $("text")).focus({ preventScroll: true });
}

// ---- sending -----------------------------------------------------------------------------------------------------
async function post(path, body) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), SEND_LIMIT);
  try {
    const answer = await fetch(path, {
      method: "POST", credentials: "same-origin", signal: stop.signal, body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf },
    });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { detail: told.detail, status: answer.status });
    return told;
  } finally { clearTimeout(timer); }
}

/** Send a message. `message` is {text} or {choice}; `title` what the resident sees; `id` the same on every retry. */
async function send(message, label, id) {
  hideTrouble();
  const entry = showPending(id, label);
  startWait();
  try {
    if (!conversation) { const begun = await post("/begin", {}); connect(begun.conversation_id, begun.code); }
    await post(`/api/v1/conversations/${conversation}/messages?wait=0`, { client_message_id: id, ...message });
    entry.accepted = true;
    if (!events || events.readyState !== EventSource.OPEN) refresh();
  } catch (problem) {
    dropPending(entry);
    if (!pending.length) endWait();
    if (message.text) restoreField(label);
    const told = typeof problem.detail === "string" && problem.status < 500 ? problem.detail : say.unsent;
    showTrouble(told, () => { if (message.text) sendText($("text").value.trim(), id, label); else send(message, label, id); });
  }
}

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sendText(text, id, before) {
  if (!text || text.length > LONGEST) {
    showTrouble(text ? say.long : say.empty);
    markField(true);
    $("text").focus();
    return;
  }
  emptyField();
  send({ text }, text, id && text === before ? id : newId());
}

let lastPress = { what: "", at: -Infinity };
function isTwice(what) {   // a trembling hand presses twice: the same within a second counts once
  const at = performance.now(), twice = what === lastPress.what && at - lastPress.at < TWICE;
  lastPress = { what, at };
  return twice;
}

// After a press the page moves: the second click of a double click may land on something else that nobody meant.
let lastClick = { x: 0, y: 0, at: -Infinity };
document.addEventListener("click", (event) => {
  const { clientX: x, clientY: y, timeStamp: at, detail } = event;
  const moved = Math.abs(x - lastClick.x) + Math.abs(y - lastClick.y);
  if (detail && moved < NEAR && at - lastClick.at < HASTE && event.target.closest("button")) event.preventDefault();
  lastClick = { x, y, at };
}, true);

watchComposer((text) => { if (!isTwice(text || lastPress.what)) sendText(text); });
$("retry").addEventListener("click", () => {
  const act = again;
  $("text").focus();
  hideTrouble();
  if (act) act();
});

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter || document.activeElement, kind = form.dataset;
  if ("choice" in kind || "starters" in kind || "again" in kind) {
    event.preventDefault();
    if (isTwice(`${form.action} ${button.value}`)) return;
    (matchMedia("(pointer: coarse)").matches ? log : $("text")).focus({ preventScroll: true });
    if (button.name === "choice") send({ choice: button.value }, button.textContent.trim(), newId());
    else send({ text: button.value }, button.value, newId());
  } else if ("feedback" in kind) {
    event.preventDefault();
    const told = new FormData(form);
    told.set("helpful", button.value);
    fetch(form.action, { method: "POST", body: new URLSearchParams(told), credentials: "same-origin", redirect: "manual" })
      .then(refresh, () => showTrouble(say.unsent, () => form.requestSubmit(button)));
  } else if ("leave" in kind) {
    event.preventDefault();
    emptyField();
    document.body.textContent = "";
    fetch(form.action, { method: "POST", credentials: "same-origin", redirect: "manual", keepalive: true })
      .finally(() => location.replace("/left"));
  } else if ("clear" in kind) emptyField();
});

// ---- events ------------------------------------------------------------------------------------------------------
function connect(id, code) {
  if (code) { $("code").hidden = false; $("code").querySelector("b").textContent = code; }
  if (!id || (id === conversation && events)) return;
  conversation = id;
  events?.close();
  const source = new EventSource(`/api/v1/conversations/${id}/events`);   // the browser resumes with Last-Event-ID
  events = source;
  let opened = 0;
  source.onopen = () => { pause = 1000; opened += 1; if (opened > 1 || waits) refresh(); };
  for (const kind of ["turn", "staff_message", "queue", "notice", "closed"]) source.addEventListener(kind, refresh);
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED || events !== source) return;
    events = null;                                                        // refused for good: try anew, ever slower
    setTimeout(refresh, pause);
    pause = Math.min(pause * 2, 60000);
  };
}

addEventListener("offline", () => { showStatus(say.offline); announce(say.offline); });
addEventListener("online", () => { showStatus(""); announce(say.online); if (conversation) refresh(); });
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.querySelector(".newer button").addEventListener("click", () => { showEnd(); log.focus({ preventScroll: true }); });
if (list.querySelector("[data-waiting]")) startWait();   // reloaded before the answer came
connect(conversation, "");
if (!conversation) { quiet = true; refresh().then(() => { quiet = false; }); }   // from another site the strict cookie came late
showEnd();
