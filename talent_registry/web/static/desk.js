// Nothing here is needed: every page works without it. It spares a clerk a second press of a button.
"use strict";
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
});
// A page brought back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// The code of a letter carries its check value behind #, a shared link its code, which only the browser sees: it is
// sent with the form.
for (const form of document.querySelectorAll("form[data-from-fragment]")) {
  const value = window.location.hash.slice(1);
  if (/^(?:[0-9a-f]{20}|FX[0-9A-Z]{16})$/.test(value)) {
    form.elements[form.dataset.fromFragment].value = value;
    window.history.replaceState(null, "", window.location.pathname);
    form.requestSubmit();
  }
}
// A job that is under way: the page asks now and then, for as long as it is looked at.
if (document.querySelector("[data-running]")) window.setTimeout(() => window.location.reload(), 2000);
