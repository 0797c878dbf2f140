
// ---- search: names and maps as they are typed ------------------------------------------------------------------------

{
  const MOST = 8;
  const field = document.getElementById("search");
  const list = document.getElementById("found");
  const maps = [...document.querySelectorAll("section.map > h2")].map((head) => ({ name: head.textContent, href: `#${head.id}` }));
  const players = people.map((person) => ({ name: person.dataset.name, href: addressOf(person), what: person.querySelector("h3 .et") }));
  let chosen = 0;

  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const mark = (nth) => {
    const options = [...list.children];
    chosen = (nth + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
    field.setAttribute("aria-activedescendant", options[chosen].id);
  };

  const go = (href) => {
    field.value = "";
    close();
    if (location.hash === href) dispatchEvent(new HashChangeEvent("hashchange"));
    else location.hash = href;
  };

  const look = () => {
    const wanted = field.value.trim().toLowerCase();
    const found = wanted ? [...players, ...maps].filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, MOST) : [];
    list.replaceChildren(...found.map(({ name, href, what }, nth) => {
      const option = document.createElement("li");
      option.id = `found-${nth}`;
      option.setAttribute("role", "option");
      option.dataset.href = href;
      option.append(what ? what.cloneNode(true) : name);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        go(href);
      });
      return option;
    }));
    if (found.length === 0) {
      close();
      return;
    }
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(0);
  };

  field.addEventListener("input", look);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(chosen + 1);
    else if (event.key === "ArrowUp") mark(chosen - 1);
    else if (event.key === "Enter") go(list.children[chosen].dataset.href);
    else return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, dialog[open]")) return;
    event.preventDefault();
    field.focus();
  });
  field.parentElement.hidden = false;
}
