// Suggestions as somebody types, for every form with `data-suggest` (its address) or with the action …/search.
// The combobox pattern of ARIA APG: list with autocomplete, focus stays in the field. Words come with the suggestions.
const WAIT = 120;
let boxes = 0;

class Combobox {
  constructor(form, input) {
    this.form = form;
    this.input = input;
    this.address = form.dataset.suggest || `${form.action.split("?")[0]}/suggest`;
    this.active = -1;
    this.asked = 0;
    this.build();
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
  }

  build() {
    const id = `suggestions-${++boxes}`;
    const holder = this.input.parentElement;
    holder.classList.add("suggested");
    this.list = document.createElement("ul");
    Object.assign(this.list, { id, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    // The focus stays in the field while the mouse presses on a suggestion.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.go(event.target.closest("[role=option]")));
    this.status = document.createElement("span");
    this.status.className = "hidden";
    this.status.setAttribute("role", "status");
    this.input.after(this.list, this.status);
    this.input.autocomplete = "off";
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", id], ["aria-expanded", "false"]]) {
      this.input.setAttribute(name, value);
    }
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    const query = this.input.value.trim();
    const turn = ++this.asked;
    if (query.length < 2) {
      this.close();
      return;
    }
    const parameters = new URLSearchParams({ q: query, format: "json" });
    const language = this.form.elements.namedItem("lang");
    if (language) parameters.set("lang", language.value);
    try {
      const answer = await fetch(`${this.address}?${parameters}`);
      const found = answer.ok ? await answer.json() : null;
      // An answer that was overtaken by a later one is of no use.
      if (turn === this.asked && document.activeElement === this.input) this.show(found);
    } catch {
      this.close(); // Without suggestions the form still searches.
    }
  }

  show(found) {
    this.close();
    if (!found) return;
    this.status.textContent = found.status;
    this.list.setAttribute("aria-label", found.label);
    this.list.replaceChildren(...found.suggestions.map((each, at) => this.option(each, at)));
    this.list.style.left = `${this.input.offsetLeft}px`;
    this.list.style.top = `${this.input.offsetTop + this.input.offsetHeight}px`;
    this.list.style.minWidth = `${this.input.offsetWidth}px`;
    this.list.hidden = !found.suggestions.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
  }

  option(each, at) {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${at}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.address = each.address;
    const name = document.createElement("span");
    name.textContent = each.label;
    name.lang = each.language;
    const more = document.createElement("small");
    more.textContent = [each.kind, each.fact].filter(Boolean).join(" · ");
    item.append(name, more);
    return item;
  }

  key(event) {
    const last = this.list.children.length - 1;
    if (event.key === "Escape" && !this.list.hidden) {
      this.close();
      event.preventDefault();
    } else if (event.key === "Enter" && this.active >= 0) {
      this.go(this.list.children[this.active]);
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (this.list.hidden) {
        this.ask();
      } else {
        const step = event.key === "ArrowDown" ? 1 : -1;
        const next = this.active + step;
        this.mark(next < 0 ? (this.active < 0 ? last : -1) : next > last ? -1 : next);
      }
      event.preventDefault();
    }
  }

  mark(at) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = at;
    const chosen = this.list.children[at];
    if (chosen) {
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", chosen.id);
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  go(option) {
    if (option) location.assign(option.dataset.address);
  }

  close() {
    this.mark(-1);
    this.list.hidden = true;
    this.status.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
  }
}

const style = document.createElement("link");
style.rel = "stylesheet";
style.href = new URL("../search.css", import.meta.url);
document.head.append(style);
for (const form of document.querySelectorAll("form[data-suggest], form[action$='/search']")) {
  const input = form.querySelector("input[name=q]");
  if (input) new Combobox(form, input);
}
