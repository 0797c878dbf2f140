
// ---- start ----------------------------------------------------------------------------------------------------------

buildPanel();
buildControls();
buildPointer();
buildKeys();
if (data.follow !== null) setFollow(data.follow);
addEventListener("hashchange", recall);
picture.addEventListener("load", draw);
new ResizeObserver(layout).observe(canvas.parentElement);
layout();
readTeams();
const linked = location.hash.length > 1;
recall();
if (!linked && !stillness.matches) setPlaying(true);
