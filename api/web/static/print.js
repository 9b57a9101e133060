// The print button of a page for the window; without scripts the page says that the browser's own menu prints.
const button = document.querySelector("[data-print]");
button.hidden = false;
document.querySelector("[data-by-hand]").hidden = true;
button.addEventListener("click", () => print());
