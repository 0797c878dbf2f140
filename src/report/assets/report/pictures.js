// Pictures at full size in the page itself. Without this script a picture's link opens the file: nothing is lost.
{
  const dialog = document.getElementById("full");
  const frame = dialog.querySelector(".frame");
  const about = dialog.querySelector(".about");
  const keep = dialog.querySelector(".keep");
  const links = [...document.querySelectorAll("a.zoom")];
  let place = 0;

  // Pictures of closed rounds are passed over: they are not on the screen.
  const seen = (link) => link.getClientRects().length > 0;

  const show = (link) => {
    place = links.indexOf(link);
    const small = link.querySelector("img");
    const image = new Image();
    image.alt = small.alt;
    image.src = link.getAttribute("href");
    image.addEventListener("click", () => frame.classList.toggle("real"));
    frame.classList.remove("real");
    frame.replaceChildren(image);
    const figure = link.closest("figure");
    keep.href = image.src;
    const title = figure.querySelector("figcaption strong").cloneNode(true);
    const recipe = figure.querySelector(".recipe dl");
    about.replaceChildren(title, ...(recipe ? [recipe.cloneNode(true)] : []));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };

  const step = (by) => {
    for (let i = place + by; i >= 0 && i < links.length; i += by) {
      if (seen(links[i])) {
        show(links[i]);
        return;
      }
    }
  };

  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
      event.preventDefault();
      show(link);
    });
  }
  dialog.querySelector(".before").addEventListener("click", () => step(-1));
  dialog.querySelector(".next").addEventListener("click", () => step(1));
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener("close", () => links[place].focus());
}
