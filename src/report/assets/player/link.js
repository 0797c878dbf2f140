
// ---- link: the address that leads to a moment and a player ----------------------------------------------------------

const address = () => {
  const follow = view.follow >= 0 ? `&p=${view.follow}` : "";
  return `#t=${Math.round(view.time)}${follow}`;
};

// A quarter of a second after the last change: the address names the moment, and screen readers are told of it.
let settling = 0;
const settle = () => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (view.playing) return;
    history.replaceState(null, "", address());
    announce();
  }, 250);
};

const number = (text) => (/^\d{1,9}$/.test(text ?? "") ? Number(text) : -1);

// `#t=MILLISECONDS&p=PLAYER`; what cannot be read is passed over.
const recall = () => {
  const wanted = new URLSearchParams(location.hash.slice(1));
  const player = number(wanted.get("p"));
  if (player >= 0 && player < data.players.length) setFollow(player);
  const t = number(wanted.get("t"));
  if (t >= 0) setPlaying(false);
  seek(Math.max(0, t));
};
