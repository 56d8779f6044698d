// Lines over time as SVG, drawn anew each time: no scale moves by itself, and nothing is fetched for it.
"use strict";

const SVG = document.getElementById("pen").namespaceURI;
const LEFT = 6, TOP = 8, BOTTOM = 20;

function shape(name, facts, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

function span(numbers) {
  const known = numbers.filter((number) => number !== null);
  if (!known.length) return null;
  const low = Math.min(...known), high = Math.max(...known), room = (high - low || Math.abs(high) * 1e-4 || 1) * 0.08;
  return [low - room, high + room];
}

const COLORS = 6;
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "14 4"];

// How the line of that number is drawn: six colours, then the same ones dashed, each round in a way of its own.
function stroke(number) {
  const round = Math.floor(number / COLORS);
  return `stroke: var(--line-${number % COLORS}); stroke-dasharray: ${DASHES[round] ?? `${round} 3 ${round} 6`}`;
}

function key(number) {
  const drawn = shape("svg", { class: "key", viewBox: "0 0 26 9" });
  drawn.append(shape("line", { x1: 0, x2: 26, y1: 4.5, y2: 4.5, style: stroke(number) }));
  return drawn;
}

// `lines` are {name, values, told}, `dots` are {time, value, kind}; `text` tells a number of the scale.
function chart(id, times, lines, dots, text) {
  const holder = document.getElementById(id), width = Math.max(200, holder.clientWidth);
  const scale = span(lines.flatMap((line) => line.values));
  const legend = document.createElement("div");
  legend.className = "legend";
  legend.append(...lines.map((line, number) => {
    const told = document.createElement("span");
    told.append(key(number), `${line.name} ${line.told}`);
    return told;
  }));
  const svg = shape("svg", { role: "img" });
  holder.replaceChildren(legend, svg);
  const height = svg.clientHeight;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (!scale || times.length < 2) {
    svg.append(shape("text", { x: LEFT, y: height / 2 }, "nothing to draw yet"));
    return;
  }
  const [low, high] = scale, first = times[0], last = times[times.length - 1];
  const labels = [high - (high - low) * 0.07, (high + low) / 2, low + (high - low) * 0.07];
  const right = 12 + 7 * Math.max(...labels.map((number) => text(number).length));
  const x = (time) => LEFT + (width - LEFT - right) * (time - first) / (last - first);
  const y = (value) => TOP + (height - TOP - BOTTOM) * (high - value) / (high - low);
  for (const number of labels) {
    svg.append(shape("line", { class: "grid", x1: LEFT, x2: width - right, y1: y(number), y2: y(number) }));
    svg.append(shape("text", { x: width, y: y(number) + 4, "text-anchor": "end" }, text(number)));
  }
  for (const [number, line] of lines.entries()) {
    let draw = "", pen = "M";
    line.values.forEach((value, at) => {
      if (value === null) pen = "M";
      else {
        draw += `${pen}${x(times[at]).toFixed(1)} ${y(value).toFixed(1)}`;
        pen = "L";
      }
    });
    svg.append(shape("path", { d: draw, class: "line", style: stroke(number) }));
  }
  for (const dot of dots.filter((each) => each.time >= first && each.time <= last + 2000)) {
    const [px, py] = [x(Math.min(dot.time, last)), Math.min(Math.max(y(dot.value), TOP), height - BOTTOM)];
    const up = dot.kind === "buy" ? -5 : 5;
    svg.append(shape("path", { d: `M${px} ${py + up}l4 ${-1.6 * up}h-8z`, style: `fill: var(--${dot.kind}); stroke: none` }));
  }
  const clockOf = (ms) => new Date(ms).toISOString().slice(11, 19);
  svg.append(shape("text", { x: LEFT, y: height - 4 }, clockOf(first)));
  svg.append(shape("text", { x: width - right, y: height - 4, "text-anchor": "end" }, clockOf(last)));
}
