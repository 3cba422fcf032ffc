// Steps the map through the years. Each year's view is in the page already, as the server wrote it: none is made here.
const STEP = 1200;
const player = document.querySelector(".player");
const view = document.getElementById("spread-view");

if (player && view) {
  const [button, range, shown] = ["button", "input", "output"].map((name) => player.querySelector(name));
  const told = document.querySelector("[role=status]");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const [first, last] = [Number(range.min), Number(range.max)];
  let timer = 0;

  // Where less motion is wanted nothing runs by itself: the button goes one year on.
  const label = () => (button.textContent = timer ? player.dataset.stop : player.dataset[still.matches ? "next" : "play"]);
  const next = () => show(Number(range.value) >= last ? first : Number(range.value) + 1);

  function show(year) {
    const kept = document.querySelector(`template[data-year="${year}"]`);
    if (!kept) return;
    view.replaceChildren(kept.content.cloneNode(true));
    range.value = shown.textContent = String(year);
    told.textContent = `${year}: ${view.querySelector(".summary").textContent.trim()}`;
    for (const each of document.querySelectorAll(".years a")) {
      if (each.dataset.year === String(year)) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
    for (const each of document.querySelectorAll("header a[hreflang]")) each.href = at(each.href, year);
    document.querySelector(".choose [name=year]").value = year;
    history.replaceState(null, "", at(location.href, year));
  }

  function at(address, year) {
    const changed = new URL(address);
    changed.searchParams.set("year", year);
    return changed.href;
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    label();
  }

  function play() {
    if (Number(range.value) >= last) show(first);
    timer = setInterval(() => {
      next();
      if (Number(range.value) >= last) stop();
    }, STEP);
    label();
  }

  button.addEventListener("click", () => (timer ? stop() : still.matches ? next() : play()));
  range.addEventListener("input", () => { stop(); show(Number(range.value)); });
  player.addEventListener("keydown", (event) => event.key === "Escape" && stop());
  still.addEventListener("change", stop);
  label();
  player.hidden = false;
}
