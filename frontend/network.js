// The picture of the network, over the page that the server wrote: words, colours and statuses are read from it.
import { NodeSquareProgram } from "@sigma/node-square";
import Graph from "graphology";
import Sigma from "sigma";
import { NodePointProgram } from "sigma/rendering";
import { keepPng, keepSvg } from "./network-picture.js";

const FAMILIES = {
  planned: "intended", prepared: "intended", piloted: "tried", "in-introduction": "tried",
  adopted: "in-use", scaled: "in-use", established: "in-use", discontinued: "ended", "not-started": "ended",
};
const WIDTHS = { intended: 0.6, tried: 1, "in-use": 1.8, ended: 1 };
const FOUND = 8, LISTED = 60;
const MANY = 3000; // lines, beyond which a moving picture shows its nodes alone

const section = document.getElementById("network");
const stage = section.querySelector(".canvas");
const focus = section.querySelector(".focus");
const state = section.querySelector("[data-state]");
const filter = document.getElementById("network-filter");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const words = state.dataset;
const statuses = new Map(
  [...document.querySelectorAll("#network-legend [data-status]")].map((each) => [each.dataset.status, each.querySelector("a").textContent.trim()]),
);

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function colours() {
  const own = getComputedStyle(section);
  const of = (name) => own.getPropertyValue(name).trim();
  const families = Object.fromEntries(Object.keys(WIDTHS).map((each) => [each, of(`--net-${each}`)]));
  return { ink: of("--ink"), soft: of("--soft"), line: of("--line"), paper: of("--paper"), accent: of("--accent"), families };
}

function built(data, look) {
  const graph = new Graph({ type: "undirected", multi: false });
  const address = (kind, slug) => data.paths[kind].replace("{slug}", slug);
  data.regions.forEach(([slug, label, language, x, y], place) => {
    graph.addNode(place, { kind: "region", slug, label, language, x, y: -y, type: "square", size: 9, forceLabel: true, color: look.ink, address: address("region", slug), plain: plain(label) });
  });
  data.models.forEach(([slug, label, language, x, y, sort], place) => {
    graph.addNode(data.regions.length + place, { kind: "model", slug, label, language, x, y: -y, sort, type: "circle", size: 3, color: look.accent, address: address("model", slug), plain: plain(label) });
  });
  for (const [region, model, status, year] of data.links) {
    const family = FAMILIES[status];
    graph.mergeEdge(region, model, { status, year, family, size: WIDTHS[family], color: look.families[family], label: `${statuses.get(status) ?? status} ${year}` });
  }
  const scale = Math.min(1, Math.sqrt(800 / graph.order)); // thousands get smaller dots
  graph.forEachNode((node, { kind }) => {
    if (kind === "model") graph.setNodeAttribute(node, "size", scale * (2.4 + 1.1 * Math.sqrt(graph.degree(node))));
  });
  return graph;
}

// ---- what is shown: the filter of the page, and what has the focus ----

let shownNodes = new Set(), shownEdges = new Set(), chosen = null, near = null;

function choose(graph) {
  const asked = Object.fromEntries(new FormData(filter));
  const part = plain(asked.q ?? "");
  shownNodes = new Set();
  shownEdges = new Set();
  graph.forEachEdge((edge, { status }, source, target, one, two) => {
    const [region, model] = one.kind === "region" ? [one, two] : [two, one];
    if ((asked.region && asked.region !== region.slug) || (asked.status && asked.status !== status)) return;
    if ((asked.kind && asked.kind !== model.sort) || (part && !model.plain.includes(part))) return;
    shownEdges.add(edge);
    shownNodes.add(source).add(target);
  });
  let regions = 0;
  for (const node of shownNodes) regions += graph.getNodeAttribute(node, "kind") === "region";
  state.textContent = shownEdges.size ? filled(words.counts, { regions, models: shownNodes.size - regions, links: shownEdges.size }) : words.none;
}

function point(graph, node) {
  near = node;
  beside = node === null ? null : new Set(graph.neighbors(node).filter((each) => shownNodes.has(each)));
}
let beside = null;

function reducers(graph, look) {
  return {
    nodeReducer(node, data) {
      if (!shownNodes.has(node)) return { ...data, hidden: true };
      if (near === null) return data;
      if (node === near) return { ...data, highlighted: true, forceLabel: true, zIndex: 2 };
      if (beside.has(node)) return { ...data, forceLabel: beside.size <= 30, zIndex: 1 };
      return { ...data, color: look.line, label: "", zIndex: 0 };
    },
    edgeReducer(edge, data) {
      if (!shownEdges.has(edge)) return { ...data, hidden: true };
      if (near === null) return { ...data, label: "" };
      if (!graph.hasExtremity(edge, near)) return { ...data, hidden: true };
      return { ...data, size: data.size + 0.6, forceLabel: beside.size <= 30, zIndex: 1 };
    },
  };
}

// ---- in words ----

function element(name, text, more = {}) {
  const made = Object.assign(document.createElement(name), more);
  made.textContent = text;
  return made;
}

function named(name, { label, language }, more = {}) {
  return element(name, label, language && language !== document.documentElement.lang ? { ...more, lang: language } : more);
}

function tell(graph, node, go) {
  if (node === null) return;
  const data = graph.getNodeAttributes(node);
  const title = element("h3", "");
  title.append(named("a", data, { href: data.address }));
  const links = graph.filterEdges(node, (edge) => shownEdges.has(edge)).map((edge) => [graph.getEdgeAttribute(edge, "label"), graph.opposite(node, edge)]);
  const other = (each) => graph.getNodeAttributes(each);
  links.sort((one, two) => other(one[1]).label.localeCompare(other(two[1]).label, document.documentElement.lang));
  const list = document.createElement("ul");
  for (const [said, end] of links.slice(0, LISTED)) {
    const item = document.createElement("li");
    const button = named("button", other(end), { type: "button", className: "quiet" });
    button.addEventListener("click", () => go(end));
    item.append(button, ` ${said}`);
    list.append(item);
  }
  const parts = [title, element("p", filled(words.neighbours, { count: links.length })), list];
  if (links.length > LISTED) parts.push(element("p", filled(words.more, { count: links.length - LISTED }), { className: "note" }));
  focus.replaceChildren(...parts);
}

// ---- searching ----

function searching(graph, go) {
  const input = document.getElementById("network-find"), found = document.getElementById("network-found");
  const hits = () => {
    const part = plain(input.value.trim());
    if (!part) return [];
    const rank = (text) => (text === part ? 0 : text.startsWith(part) ? 1 : text.split(/[\s-]+/).some((word) => word.startsWith(part)) ? 2 : text.includes(part) ? 3 : 9);
    const all = [...shownNodes].map((node) => [rank(graph.getNodeAttribute(node, "plain")), node]).filter(([at]) => at < 9);
    return all.sort((one, two) => one[0] - two[0] || graph.degree(two[1]) - graph.degree(one[1])).slice(0, FOUND).map(([, node]) => node);
  };
  const show = () => {
    found.replaceChildren(...hits().map((node) => {
      const item = document.createElement("li");
      const button = named("button", graph.getNodeAttributes(node), { type: "button", className: "quiet" });
      button.addEventListener("click", () => go(node));
      item.append(button);
      return item;
    }));
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && hits().length) go(hits()[0]);
    if (event.key === "Escape") { input.value = ""; show(); go(null); }
  });
}

// ---- the filter is the address: the table follows it, too ----

function following(redraw) {
  let waiting = null, latest = 0;
  const follow = async () => {
    redraw();
    const asked = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value));
    const address = `${location.pathname}${asked.size ? `?${asked}` : ""}`;
    history.replaceState(null, "", address);
    const mine = ++latest;
    const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok || mine !== latest) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("network-table").replaceWith(document.adoptNode(fresh.getElementById("network-table")));
  };
  filter.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(follow, event.target.type === "search" ? 250 : 0);
  });
  filter.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); follow(); });
}

function draw(data) {
  let look = colours();
  const graph = built(data, look);
  choose(graph);
  const settings = () => ({
    ...reducers(graph, look),
    labelColor: { color: look.ink }, edgeLabelColor: { color: look.soft }, labelFont: "system-ui, sans-serif", edgeLabelFont: "system-ui, sans-serif",
    edgeLabelSize: 11, labelSize: 13, labelRenderedSizeThreshold: 6, labelDensity: 0.6, renderEdgeLabels: true, minEdgeThickness: graph.size > MANY ? 0.4 : 1.7, hideEdgesOnMove: graph.size > MANY, hideLabelsOnMove: graph.size > MANY,
    // A point is drawn many times as fast as an instance of a shape, where a machine draws without a graphics card.
    zIndex: true, defaultDrawNodeHover: hovered(look), defaultDrawNodeLabel: labelled(look), nodeProgramClasses: { square: Square, circle: NodePointProgram },
    defaultNodeType: "circle", stagePadding: 40, minCameraRatio: 0.03, maxCameraRatio: 3, enableCameraRotation: false,
  });
  const sigma = new Sigma(graph, stage, settings());
  const camera = sigma.getCamera();
  const duration = () => (still.matches ? 0 : 350);
  const go = (node) => {
    chosen = node;
    point(graph, node);
    tell(graph, node, go);
    sigma.refresh({ skipIndexation: true });
    if (node === null) return;
    const all = [node, ...beside].map((each) => sigma.getNodeDisplayData(each));
    const [x, y] = ["x", "y"].map((axis) => all.map((each) => each[axis])).map((each) => [Math.min(...each), Math.max(...each)]);
    const ratio = Math.min(Math.max((x[1] - x[0]) * 1.25, (y[1] - y[0]) * 1.25, 0.2), 1.1);
    camera.animate({ x: (x[0] + x[1]) / 2, y: (y[0] + y[1]) / 2, ratio }, { duration: duration() });
  };
  sigma.on("enterNode", ({ node }) => { stage.classList.add("over"); point(graph, node); tell(graph, node, go); sigma.refresh({ skipIndexation: true }); });
  sigma.on("leaveNode", () => { stage.classList.remove("over"); point(graph, chosen); sigma.refresh({ skipIndexation: true }); });
  sigma.on("clickNode", ({ node }) => location.assign(graph.getNodeAttribute(node, "address")));
  sigma.on("clickStage", () => { chosen = null; point(graph, null); sigma.refresh({ skipIndexation: true }); });
  searching(graph, go);
  following(() => { choose(graph); point(graph, chosen); sigma.refresh(); });
  const shown = () => ({ graph, nodes: shownNodes, edges: shownEdges, look, title: `${document.querySelector("h1").textContent}. ${state.textContent}`, source: `${words.source} ${location.origin}${location.pathname}${location.search}` });
  const actions = {
    in: () => camera.animatedZoom({ duration: duration() }), out: () => camera.animatedUnzoom({ duration: duration() }),
    all: () => { go(null); camera.animatedReset({ duration: duration() }); }, png: () => keepPng(shown()), svg: () => keepSvg(shown()),
  };
  for (const button of section.querySelectorAll("[data-do]")) button.addEventListener("click", actions[button.dataset.do]);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    look = colours();
    graph.updateEachNodeAttributes((_, each) => ({ ...each, color: each.kind === "region" ? look.ink : look.accent }));
    graph.updateEachEdgeAttributes((_, each) => ({ ...each, color: look.families[each.family] }));
    sigma.setSettings(settings());
  });
  section.dataset.ready = "";
  return { sigma, graph, go };
}

// Its names are written as those of points are, not in the way that the program brings along.
class Square extends NodeSquareProgram { drawLabel = undefined; drawHover = undefined; }

// With a rim of paper, so that a name is read on top of lines.
const labelled = (look) => (context, data, settings) => {
  if (!data.label) return;
  const at = [data.label, data.x + data.size + 3, data.y + settings.labelSize / 3];
  context.font = `${settings.labelWeight} ${settings.labelSize}px ${settings.labelFont}`;
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = look.paper;
  context.strokeText(...at);
  context.fillStyle = look.ink;
  context.fillText(...at);
};

// Sigma's own draws black on white: in the dark, too.
const hovered = (look) => (context, data, settings) => {
  context.font = `600 ${settings.labelSize}px ${settings.labelFont}`;
  const width = context.measureText(data.label ?? "").width;
  context.fillStyle = look.paper;
  context.strokeStyle = look.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.roundRect(data.x + data.size + 1, data.y - settings.labelSize, width + 10, settings.labelSize * 2, 3);
  context.fill();
  context.stroke();
  context.beginPath();
  context.arc(data.x, data.y, data.size + 3, 0, 2 * Math.PI);
  context.stroke();
  context.fillStyle = look.ink;
  context.fillText(data.label ?? "", data.x + data.size + 6, data.y + settings.labelSize / 3);
};

async function start() {
  section.hidden = false;
  state.textContent = words.loading;
  if (!document.createElement("canvas").getContext("webgl2")) {
    section.classList.add("failed");
    for (const each of section.querySelectorAll(".tools, .stage, .found")) each.hidden = true;
    state.textContent = words.noWebgl;
    return;
  }
  try {
    const answer = await fetch(section.dataset.graph, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    section.network = draw(await answer.json());
  } catch {
    for (const each of section.querySelectorAll(".tools, .stage, .found")) each.hidden = true;
    state.textContent = words.failed;
  }
}

start();
