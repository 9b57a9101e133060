// One announcer for the page: flat sentences, one at a time, never two within GAP (screen readers then keep their order).
const GAP = 700;
const STAY = 8000;
const region = document.getElementById("announcer");
const waiting = [];
let busy = false;

/** Say one flat sentence after all that were asked for before it. @param {string} sentence */
export function announce(sentence) {
  if (!sentence) return;
  waiting.push(sentence);
  if (!busy) sayNext();
}

function sayNext() {
  const sentence = waiting.shift();
  busy = sentence !== undefined;
  if (!busy) return;
  const line = document.createElement("div");
  line.textContent = sentence;
  region.append(line);
  setTimeout(() => line.remove(), STAY);
  setTimeout(sayNext, GAP);
}
