// The picture as a file: what is shown, whole, with its title, its source and the labels of what is large.
const SIZE = 2000, MARGIN = 120, FONT = "system-ui, sans-serif";

function shapes({ graph, nodes, edges }) {
  const all = [...nodes].map((node) => graph.getNodeAttributes(node));
  const [left, right] = [Math.min(...all.map(({ x }) => x)), Math.max(...all.map(({ x }) => x))];
  const [low, high] = [Math.min(...all.map(({ y }) => y)), Math.max(...all.map(({ y }) => y))];
  const scale = (SIZE - 2 * MARGIN) / Math.max(right - left, high - low, 1);
  const place = ({ x, y }) => [MARGIN + (x - left) * scale, MARGIN + (high - y) * scale];
  const lines = [...edges].map((edge) => {
    const [one, two] = graph.extremities(edge).map((node) => place(graph.getNodeAttributes(node)));
    const { color, size } = graph.getEdgeAttributes(edge);
    return { one, two, color, width: size * 1.3 };
  });
  const labelled = new Set(all.toSorted((one, two) => two.size - one.size).slice(0, 60));
  const points = all.map((each) => ({ at: place(each), square: each.kind === "region", radius: each.size * 1.4, color: each.color, label: labelled.has(each) ? each.label : "" }));
  return { lines, points };
}

function offer(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function keepSvg(shown) {
  const { lines, points } = shapes(shown), { look } = shown;
  const text = (words) => words.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
  const at = (number) => number.toFixed(1);
  const body = [
    ...lines.map(({ one, two, color, width }) => `<line x1="${at(one[0])}" y1="${at(one[1])}" x2="${at(two[0])}" y2="${at(two[1])}" stroke="${color}" stroke-width="${at(width)}" stroke-opacity=".6"/>`),
    ...points.map(({ at: [x, y], square, radius, color }) => square
      ? `<rect x="${at(x - radius)}" y="${at(y - radius)}" width="${at(2 * radius)}" height="${at(2 * radius)}" fill="${color}"/>`
      : `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="${color}"/>`),
    ...points.filter(({ label }) => label).map(({ at: [x, y], radius, label }) => `<text x="${at(x + radius + 4)}" y="${at(y + 6)}">${text(label)}</text>`),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}" font-family="${FONT}" font-size="20" fill="${look.ink}">
<title>${text(shown.title)}</title>
<desc>${text(shown.source)}</desc>
<rect width="${SIZE}" height="${SIZE}" fill="${look.paper}"/>
<text x="40" y="50" font-size="28" font-weight="600">${text(shown.title)}</text>
${body.join("\n")}
<text x="40" y="${SIZE - 30}">${text(shown.source)}</text>
</svg>
`;
  offer(new Blob([svg], { type: "image/svg+xml" }), "levikki-network.svg");
}

export function keepPng(shown) {
  const { lines, points } = shapes(shown), { look } = shown;
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
  const pen = canvas.getContext("2d");
  pen.fillStyle = look.paper;
  pen.fillRect(0, 0, SIZE, SIZE);
  pen.globalAlpha = 0.6;
  for (const { one, two, color, width } of lines) {
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(...one);
    pen.lineTo(...two);
    pen.stroke();
  }
  pen.globalAlpha = 1;
  for (const { at: [x, y], square, radius, color } of points) {
    pen.fillStyle = color;
    pen.beginPath();
    if (square) pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.fillStyle = look.ink;
  pen.font = `20px ${FONT}`;
  for (const { at: [x, y], radius, label } of points) if (label) pen.fillText(label, x + radius + 4, y + 6);
  pen.fillText(shown.source, 40, SIZE - 30);
  pen.font = `600 28px ${FONT}`;
  pen.fillText(shown.title, 40, 50);
  canvas.toBlob((blob) => offer(blob, "levikki-network.png"), "image/png");
}
