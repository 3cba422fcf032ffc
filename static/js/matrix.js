// The matrix, quicker: a choice is fetched and shown without loading the page anew, and keys move from cell to cell.
// The server renders every view, so that what is seen here is what its address shows anywhere. Without this file all still works.

const form = document.querySelector("[data-matrix-form]");
const place = document.getElementById("matrix");

if (form && place) {
  // On a narrow screen the table comes first; an address that chooses shows what it has chosen.
  const choices = form.closest("details");
  const narrow = matchMedia("(max-width: 40rem)");
  const fold = () => (choices.open = !narrow.matches || Boolean(location.search));
  narrow.addEventListener("change", fold);
  fold();

  let running;
  let timer;

  // ---- choosing ----

  const wanted = () => {
    const pairs = [...new FormData(form)].filter(([name, value]) => value.trim() && !(name === "regions" && value === "1"));
    const asked = new URLSearchParams(pairs);
    return form.action + (pairs.length ? `?${asked}` : "");
  };

  const tell = (text) => {
    let message = form.querySelector(".matrix-message");
    if (!message) {
      message = form.appendChild(document.createElement("p"));
      message.className = "matrix-message";
      message.setAttribute("role", "alert");
    }
    message.textContent = text;
  };

  const take = (page, address) => {
    const fresh = page.getElementById("matrix");
    const refusal = page.querySelector("main");
    if (!fresh) {
      tell(refusal ? refusal.textContent.trim() : place.dataset.failed);
      return;
    }
    tell("");
    place.replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
    for (const link of page.querySelectorAll("header a[hreflang]")) {
      document.querySelector(`header a[hreflang="${link.hreflang}"]`)?.setAttribute("href", link.getAttribute("href"));
    }
    arrange();
  };

  const load = async (address) => {
    running?.abort();
    const mine = (running = new AbortController());
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal });
      const text = await answer.text();
      if (!mine.signal.aborted) take(new DOMParser().parseFromString(text, "text/html"), answer.url);
    } catch (problem) {
      if (problem.name !== "AbortError") tell(place.dataset.failed);
    } finally {
      if (running === mine) place.removeAttribute("aria-busy");
    }
  };

  const soon = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(() => load(wanted()), wait);
  };

  form.addEventListener("input", (event) => soon(event.target.matches("[type=search], [type=number]") ? 200 : 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon(0);
  });

  // The heads of columns put the rows in order: the form then says so, too.
  place.addEventListener("click", (event) => {
    const link = event.target.closest("thead a");
    const asked = link && new URL(link.href);
    const sorts = link && link.closest("th").matches(":first-child, .n");
    if (!sorts || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    form.elements.sort.value = asked.searchParams.get("sort") || "spread";
    form.elements.order.value = asked.searchParams.get("order") || "";
    const column = link.closest("th").cellIndex;
    load(link.href).then(() => place.querySelector("thead tr")?.cells[column]?.querySelector("a")?.focus());
  });

  // ---- moving: one stop of the Tab key for all cells, arrows inside (the grid pattern of the ARIA practices) ----

  const target = (cell) => cell?.querySelector("a") || cell;
  const rows = () => [...place.querySelectorAll("table tr")];

  const goTo = (row, column) => {
    const all = rows();
    const cells = all[Math.max(0, Math.min(row, all.length - 1))]?.cells;
    const next = target(cells?.[Math.max(0, Math.min(column, cells.length - 1))]);
    if (!next) return;
    for (const each of place.querySelectorAll("table [tabindex='0']")) each.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    reveal(next.closest("td, th"));
  };

  // What is focused must not lie below the sticky heads.
  const reveal = (cell) => {
    const box = place.querySelector(".matrix-scroll");
    const head = place.querySelector("thead th:first-child").getBoundingClientRect();
    const here = cell.getBoundingClientRect();
    if (cell.cellIndex > 0 && here.left < head.right) box.scrollLeft -= head.right - here.left + 2;
    if (!cell.closest("thead") && here.top < head.bottom) box.scrollTop -= head.bottom - here.top + 2;
  };

  const moves = {
    ArrowLeft: (row, column) => [row, column - 1],
    ArrowRight: (row, column) => [row, column + 1],
    ArrowUp: (row, column) => [row - 1, column],
    ArrowDown: (row, column) => [row + 1, column],
    PageUp: (row, column) => [row - 10, column],
    PageDown: (row, column) => [row + 10, column],
    Home: (row, _, whole) => [whole ? 0 : row, 0],
    End: (row, _, whole) => [whole ? Infinity : row, Infinity],
  };

  place.addEventListener("keydown", (event) => {
    const cell = event.target.closest("table td, table th");
    const move = cell && !event.altKey && moves[event.key];
    if (!move) return;
    event.preventDefault();
    goTo(...move(rows().indexOf(cell.parentElement), cell.cellIndex, event.ctrlKey || event.metaKey));
  });

  let lit;
  const light = (event) => {
    const column = event.target.closest?.("table td")?.cellIndex;
    lit?.classList.remove("lit");
    lit = column === undefined ? undefined : place.querySelector("thead tr").cells[column];
    lit?.classList.add("lit");
  };
  place.addEventListener("mouseover", light);
  place.addEventListener("focusin", light);

  const arrange = () => {
    const table = place.querySelector("table");
    if (!table) return;
    table.setAttribute("role", "grid");
    for (const link of table.querySelectorAll("a")) link.tabIndex = -1;
    for (const cell of table.querySelectorAll("td.u, td.o, td.n, .family td")) cell.tabIndex = -1;
    target(table.tBodies[0].querySelector("td:not(.n):not(.u):not(.o)") || table.rows[0].cells[0]).tabIndex = 0;
    const box = table.parentElement;
    box.removeAttribute("tabindex"); // the cell in it has the stop
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = place.dataset.keys;
    place.querySelector("#matrix-end").prepend(note);
  };
  arrange();
}
