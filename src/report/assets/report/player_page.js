
// ---- player page: `#player=NAME` turns the whole page to one player --------------------------------------------------

const people = [...document.querySelectorAll("article.person")];
const me = document.getElementById("me");

// By name, letter case aside; of several players of one name the first, by time alive.
const personNamed = (name) => people.find((one) => one.dataset.name.toLowerCase() === name.trim().toLowerCase());
const addressOf = (person) => `#player=${encodeURIComponent(person.dataset.name)}`;

const pageTitle = document.title;

const turnTo = (person) => {
  document.title = person ? `${person.dataset.name} – ${pageTitle}` : pageTitle;
  document.body.classList.toggle("one-player", person !== undefined);
  for (const one of document.querySelectorAll("[data-player]")) {
    one.classList.toggle("chosen", one.dataset.player === person?.dataset.player);
  }
  me.hidden = person === undefined;
  if (person) {
    me.firstElementChild.replaceChildren(person.querySelector("h3 .et").cloneNode(true));
    scrollTo({ top: 0, behavior: "instant" });
  }
};

// Names lead to the player's page; without this script they lead to the player's part of the whole page.
for (const person of people) {
  for (const link of document.querySelectorAll(`a[href="#${CSS.escape(person.dataset.player)}"]`)) link.href = addressOf(person);
}

const follow = () => {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("player");
  const person = wanted === null ? undefined : personNamed(wanted);
  const wasOne = document.body.classList.contains("one-player");
  turnTo(person);
  if (person) return;
  let target = null;
  try {
    target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  } catch {
    // An address that is no text leads to the page's beginning.
  }
  // A link to a place inside a closed round opens it.
  for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  if (wasOne) target?.scrollIntoView({ behavior: "instant" });
};
addEventListener("hashchange", follow);
follow();
