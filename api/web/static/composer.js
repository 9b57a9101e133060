// The text field: Enter sends (never while an input method composes), the draft survives a reload.
const LATE = 50; // ms: Safari ends the composition just before the Enter that confirmed it
const DRAFT = "zhuwo-draft";
const field = document.getElementById("text");
const form = document.getElementById("composer");
let composing = false;
let ended = -LATE;

function isComposing(event) {
  return event.isComposing || composing || event.keyCode === 229 || performance.now() - ended < LATE;
}

function keepDraft(text) {
  try {
    if (text) sessionStorage.setItem(DRAFT, text);
    else sessionStorage.removeItem(DRAFT);
  } catch { /* storage refused: the draft simply is not kept */ }
}

/** Watch the field; `send` gets the trimmed text. @param {(text: string) => void} send */
export function watchComposer(send) {
  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => { composing = false; ended = performance.now(); });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    if (document.documentElement.dataset.enter !== "yes" || isComposing(event)) return;
    event.preventDefault();
    if (!event.repeat) send(field.value.trim());
  });
  field.addEventListener("input", () => keepDraft(field.value));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(field.value.trim());
    if (!matchMedia("(pointer: coarse)").matches) field.focus();
  });
  try {
    if (!field.value) field.value = sessionStorage.getItem(DRAFT) || "";
  } catch { /* as above */ }
}

export function emptyField() {
  field.value = "";
  keepDraft("");
}

/** Put text back that could not be sent, without losing what was typed since. @param {string} text */
export function restoreField(text) {
  field.value = field.value ? `${text}\n${field.value}` : text;
  keepDraft(field.value);
}

/** Mark the field right or wrong; the sentence itself is in #trouble-text. @param {boolean} wrong */
export function markField(wrong) {
  if (wrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  field.setAttribute("aria-describedby", wrong ? "trouble-text hint" : "hint");
}
