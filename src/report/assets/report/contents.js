
// ---- contents: the bar marks the part that is on the screen ----------------------------------------------------------

{
  const parts = [...document.querySelectorAll(".bar-top > ul a[href^='#']")]
    .map((link) => [link, document.getElementById(link.hash.slice(1))]);

  const mark = () => {
    const begun = parts.filter(([, part]) => part.getClientRects().length > 0 && part.getBoundingClientRect().top < innerHeight / 3);
    const isOne = document.body.classList.contains("one-player");
    const [now] = isOne ? parts.find(([link]) => link.hash === "#players") : begun.at(-1) ?? parts[0];
    for (const [link] of parts) {
      if (link === now) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };

  addEventListener("scroll", mark, { passive: true });
  addEventListener("hashchange", mark);
  mark();
}
