
// ---- scoreboard: a click on a head sorts by its column, a second one the other way -----------------------------------

for (const table of document.querySelectorAll("table.score")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const first = [...body.rows];

  const sort = (column, way) => {
    const key = (row) => {
      const value = row.cells[column].dataset.value;
      return value === undefined ? row.cells[column].textContent.trim().toLowerCase() : value === "" ? null : Number(value);
    };
    const sign = way === "ascending" ? 1 : -1;
    const rows = first.map((row) => [key(row), row]).sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (typeof a === "string" ? a.localeCompare(b) : a - b);
    });
    body.append(...rows.map(([, row]) => row));
    heads.forEach((head, nth) => (nth === column ? head.setAttribute("aria-sort", way) : head.removeAttribute("aria-sort")));
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    // Few deaths, little damage taken and a short first move are good, and so is A before Z.
    const opens = ["player", "deaths", "taken", "first move"].includes(button.textContent) ? "ascending" : "descending";
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      sort(column, now === null ? opens : now === "ascending" ? "descending" : "ascending");
    });
  });
}
