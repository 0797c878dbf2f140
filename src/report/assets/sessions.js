// The search of the list of sessions: what does not hold the words is hidden. Without this script the list is whole.
"use strict";
{
  const field = document.getElementById("search");
  const none = document.getElementById("none");
  const entries = [...document.querySelectorAll(".tiles > .tile, ul.contents > li")];
  const words = entries.map((entry) => entry.textContent.toLowerCase());
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    entries.forEach((entry, nth) => (entry.hidden = !words[nth].includes(wanted)));
    none.hidden = entries.some((entry) => !entry.hidden);
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target === field) return;
    event.preventDefault();
    field.focus();
  });
  field.parentElement.hidden = false;
}
