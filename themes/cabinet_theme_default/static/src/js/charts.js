// canvas[data-chart]: JSON {labels, sets: [{label, data, color, type?, dash?, stack?, hatch?, points?}], unit?, currency?, stacked?, y?, xticks?}.
// Colours are names of tokens. Besides colour, sets differ by hatching; the numbers stand in the table behind the chart.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);

// light-dark() is resolved by the browser on a real property only
function token(name) {
  const probe = document.createElement("span");
  probe.className = "visually-hidden";
  document.body.append(probe);
  probe.style.color = `var(--c-${name})`;
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function hatched(colour, ground) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const at of [-4, 0, 4, 8]) {
    pen.moveTo(at - 1, 9);
    pen.lineTo(at + 9, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

const line = (set, colour, surface) => ({
  type: "line", borderColor: colour, backgroundColor: colour, borderWidth: 2, pointRadius: set.points === false ? 0 : 3,
  pointBackgroundColor: surface, pointBorderWidth: 2, tension: 0.3, borderDash: set.dash ?? [], spanGaps: true, fill: false,
});

function bar(set, colour, data) {
  const fill = set.hatch ? hatched(token("control"), token("line-2")) : colour;
  return { type: "bar", backgroundColor: fill, hoverBackgroundColor: fill, borderRadius: 3, maxBarThickness: data.thick ?? 22, categoryPercentage: 0.66, barPercentage: 0.92 };
}

function draw(canvas) {
  Chart.getChart(canvas)?.destroy();
  const data = JSON.parse(canvas.dataset.chart);
  const lang = document.documentElement.lang;
  const count = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 });
  const minus = (text) => text.replace("-", "\u2212");
  const money = data.currency ? new Intl.NumberFormat(lang, { style: "currency", currency: data.currency, maximumFractionDigits: 0 }) : count;
  const surface = token("surface");
  const hair = token("line");
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 11;
  Chart.defaults.color = token("ink-3");
  Chart.defaults.animation = false;
  const datasets = data.sets.map((set) => ({
    label: set.label, data: set.data, stack: set.stack, order: set.type === "line" ? 0 : 1,
    ...(set.type === "line" ? line(set, token(set.color), surface) : bar(set, token(set.color), data)),
  }));
  new Chart(canvas, {
    data: { labels: data.labels, datasets },
    options: {
      responsive: true, maintainAspectRatio: false, interaction: { mode: "index", intersect: false }, layout: { padding: { top: 4 } },
      plugins: {
        legend: { display: false },
        tooltip: { callbacks: { label: (point) => ` ${point.dataset.label}: ${minus(money.format(point.raw * (data.unit ?? 1)))}` } },
      },
      scales: {
        x: { stacked: Boolean(data.stacked), grid: { display: false }, border: { color: hair }, ticks: { maxRotation: 0, autoSkip: true, maxTicksLimit: data.xticks ?? 12 } },
        y: {
          stacked: Boolean(data.stacked), display: data.y !== false, beginAtZero: true, grid: { color: hair, drawTicks: false }, border: { display: false },
          ticks: { maxTicksLimit: 5, padding: 8, callback: (value) => minus(count.format(value)) },
        },
      },
    },
  });
}

export function drawAll() {
  document.querySelectorAll("canvas[data-chart]").forEach(draw);
}
