// The page of a running bot. The token comes with the link, behind its #: it is kept in this tab alone, and sent in a header.
"use strict";

const EVERY_MS = 1000, WITHIN_MS = 8000, MOST_SAMPLES = 1800;
const GOOD = ["quoting", "ready"], HELD = ["starting", "holding", "paused", "stopping"];
// Of the result these are no parts.
const APART = ["equity_start", "equity", "change"];
const SVG = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);
const token = taken();
let samples = [], since = 0, looks = 0, armed = 0, lost = false, ended = false;

function taken() {
  const given = location.hash.slice(1);
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", location.pathname);
  }
  return given || sessionStorage.getItem("token") || "";
}

function made(name, text = "", kind = "") {
  const part = document.createElement(name);
  part.textContent = text;
  if (kind) part.className = kind;
  return part;
}

function shape(name, facts, text = "") {
  const part = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) part.setAttribute(key, value);
  part.textContent = text;
  return part;
}

const clock = (ms) => new Date(ms).toISOString().slice(11, 19);
const grouped = (text) => text.replace(/^(-?\d+)/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
const amount = (text) => text === null || text === undefined ? "–" : grouped(text);
const signed = (text) => text === null || text === undefined ? "–" : `${Number(text) > 0 ? "+" : ""}${grouped(text)}`;
// To so many places; what is nothing then has no sign.
const cut = (text, places) => text === null || text === undefined ? null : Number(text).toFixed(places).replace(/^-(?=[0.]*$)/, "");
// One digit more than the prices of the book have.
const decimals = (market) => 1 + Math.max(1, ...[market?.bid, market?.ask].map((text) => (text ?? "").split(".")[1]?.length ?? 0));
// Not more than four places, and none that are nothing.
const brief = (text) => text === null ? "–" : grouped(String(Number(cut(text, Math.abs(Number(text)) < 100 ? 4 : 2))));
const side = (text) => Math.abs(Number(text)) < 5e-5 ? "" : Number(text) < 0 ? "sell" : Number(text) > 0 ? "buy" : "";

// What went wrong stays until it was read; the same is not told twice.
function notice(text) {
  if ([...at("notices").children].some((row) => row.firstChild.textContent === text)) return;
  const row = made("li"), gone = made("button", "read");
  gone.type = "button";
  gone.addEventListener("click", () => row.remove());
  row.append(made("span", text), gone);
  at("notices").append(row);
}

function rows(id, pairs) {
  at(id).replaceChildren(...pairs.flatMap(([name, text, kind]) => [made("dt", name), made("dd", text, kind)]));
}

function cells(texts, kinds = []) {
  const row = made("tr");
  row.append(...texts.map((text, number) => made("td", text, kinds[number] || "")));
  return row;
}

function chart(id, column, places) {
  const holder = at(id), width = Math.max(220, holder.clientWidth), height = holder.firstChild?.clientHeight || 150;
  const svg = shape("svg", { role: "img", viewBox: `0 0 ${width} ${height}` });
  const known = samples.filter((row) => row[column] !== null).map((row) => [row[0], Number(row[column])]);
  if (known.length < 2) {
    svg.append(shape("text", { x: 6, y: height / 2 }, "nothing to draw yet"));
    holder.replaceChildren(svg);
    return;
  }
  const values = known.map((row) => row[1]), low = Math.min(...values), high = Math.max(...values);
  const room = (high - low || Math.abs(high) * 1e-4 || 1) * 0.1, floor = low - room, top = high + room;
  const labels = [high, (high + low) / 2, low].map((value) => grouped(value.toFixed(places)));
  const right = 12 + 7 * Math.max(...labels.map((text) => text.length));
  const first = known[0][0], last = known[known.length - 1][0];
  const x = (ms) => 4 + (width - 4 - right) * (ms - first) / (last - first);
  const y = (value) => 6 + (height - 24) * (top - value) / (top - floor);
  [high, (high + low) / 2, low].forEach((value, number) => {
    svg.append(shape("line", { x1: 4, x2: width - right, y1: y(value), y2: y(value) }));
    if (high > low || number === 1) svg.append(shape("text", { x: width, y: y(value) + 4, "text-anchor": "end" }, labels[number]));
  });
  svg.append(shape("path", { d: known.map((row, number) => `${number ? "L" : "M"}${x(row[0]).toFixed(1)} ${y(row[1]).toFixed(1)}`).join("") }));
  svg.append(shape("text", { x: 4, y: height - 4 }, clock(first)), shape("text", { x: width - right, y: height - 4, "text-anchor": "end" }, clock(last)));
  holder.replaceChildren(svg);
}

function money(status) {
  const parts = Object.entries(status.result ?? {}).filter(([name, value]) => !APART.includes(name) && typeof value === "string");
  rows("money", [
    ["equity", amount(cut(status.equity, 2))], ["wallet", amount(cut(status.wallet, 2))],
    ["unrealised", signed(cut(status.unrealized_pnl, 4)), side(status.unrealized_pnl)],
    ["available", amount(cut(status.available, 2))],
    ["since the start", signed(cut(status.result?.change, 4)), side(status.result?.change)],
    ...parts.map(([name, value]) => [`· ${name.replaceAll("_", " ")}`, signed(cut(value, 4)), side(value)]),
    ["margin ratio", status.margin_ratio === null ? "–" : `${(Number(status.margin_ratio) * 100).toFixed(2)} %`],
    ["fills", `${status.counts.buys} buys, ${status.counts.sells} sells`], ["volume", amount(cut(status.counts.volume, 2))],
  ]);
  at("asset").textContent = `in ${status.asset}`;
  const places = decimals(status.markets[0]);
  const price = (text) => amount(cut(text, places));
  const held = status.positions.flatMap((row) => [
    ["held", `${signed(row.amount)}${row.position_side === "BOTH" ? "" : ` ${row.position_side.toLowerCase()}`}`, side(row.amount)],
    ["entry", price(row.entry_price)], ["mark", price(row.mark_price)],
    ["liquidation", row.liquidation_price === "0" ? "at no price" : price(row.liquidation_price)],
    ["distance", row.liquidation_distance === null ? "–" : `${row.liquidation_distance} %`],
    ["leverage", `${row.leverage} ${row.margin_type.toLowerCase()}`], ["ADL rank", row.adl_rank === null ? "–" : String(row.adl_rank)],
  ]);
  rows("position", held.length ? held : [["held", "nothing"]]);
}

function book(told, market) {
  const levelsOf = (levels, kind) => levels.map(([price, volume, own]) => {
    const row = cells([amount(price), volume === null ? "" : amount(volume), own === null ? "" : amount(own)], [kind, "", "own"]);
    if (own !== null) row.className = "marked";
    return row;
  });
  at("asks").replaceChildren(...(told ? levelsOf(told.asks, "sell").reverse() : []));
  at("bids").replaceChildren(...(told ? levelsOf(told.bids, "buy") : []));
  const text = !told ? "no book yet" : !told.is_valid ? "the book is being rebuilt" : market ? `mark ${amount(cut(market.mark_price, decimals(market)))}` : "";
  const row = cells([text]);
  row.firstChild.colSpan = 3;
  at("touch").replaceChildren(row);
}

function limits(status) {
  at("limits").replaceChildren(...(status.limits.length ? status.limits.map((row) => {
    const part = made("div", "", row.struck ? "bound struck" : "bound"), head = made("div"), bar = made("progress");
    // One that may not be less fills up as it comes nearer to its bound.
    const [used, bound] = row.name.startsWith("min") ? [Number(row.bound), Number(row.used)] : [Number(row.used), Number(row.bound)];
    bar.max = Math.max(bound, 1e-12);
    bar.value = Math.max(0, used);
    head.append(made("span", row.name.replaceAll("_", " ")), made("span", `${brief(row.used)} of ${brief(row.bound)} ${row.unit}`));
    part.append(head, bar);
    if (row.struck) part.append(made("p", row.struck));
    return part;
  }) : [made("p", "none is set", "none")]));
  const told = status.refusals.map((row) => `${row.count} × ${row.code} ${row.meaning}`);
  told.push(...status.pauses.filter((row) => row.is_on).map((row) => `${row.of}: ${row.reason}`));
  at("refusals").replaceChildren(...(told.length ? told.map((text) => made("p", text)) : [made("p", "nothing", "none")]));
}

function lists(view) {
  at("fills").replaceChildren(...view.fills.map((row) => cells(
    [clock(row.time_ms), row.side.toLowerCase(), amount(row.amount), amount(row.price), signed(cut(row.realised, 4)),
     row.fee.map(([paid, asset]) => `${cut(paid, 4)}${asset === view.status?.asset ? "" : ` ${asset}`}`).join(", ")],
    ["faint", row.side === "BUY" ? "buy" : "sell", "", "", side(row.realised), "faint"])));
  at("events").replaceChildren(...view.events.map((row) => {
    const line = made("li");
    line.append(made("time", clock(row.time_ms)), made("span", row.times > 1 ? `${row.text} (${row.times} times)` : row.text));
    return line;
  }));
}

function head(view) {
  const state = view.status?.state, name = state?.name ?? "between two lives of the exchange";
  at("pair").textContent = document.title = view.pair ?? "Bot";
  at("state").textContent = name;
  at("state").className = `badge ${GOOD.includes(name) ? "good" : HELD.includes(name) ? "held" : "bad"}`;
  at("reason").hidden = !state || state.text === state.name;
  at("reason").textContent = state?.text ?? "";
  const dry = view.status?.data_of ? `DRY RUN on the data of ${view.status.data_of} · ` : "";
  at("domain").textContent = view.status ? `${dry}${view.status.domain} · runs for ${Math.floor(view.status.run_time_s)} s` : "";
  at("control").hidden = !view.control;
  if (view.control) {
    at("pause").textContent = view.control.is_paused ? "resume" : "pause";
    at("pause").disabled = at("stop").disabled = view.control.is_stopping;
    if (view.control.is_stopping) at("stop").textContent = "stopping";
  }
}

function show(view) {
  samples = [...samples, ...view.samples].slice(-MOST_SAMPLES);
  since = samples.length ? samples[samples.length - 1][0] : 0;
  head(view);
  if (view.status) {
    money(view.status);
    limits(view.status);
    at("base").textContent = `of ${view.pair}`;
  }
  book(view.book, view.status?.markets[0]);
  lists(view);
  chart("equity-chart", 1, 2);
  chart("inventory-chart", 2, 4);
  document.body.dataset.looks = String(++looks);
}

async function asked(path, method = "GET") {
  return fetch(path, { method, headers: { "X-Connector-Token": token }, cache: "no-store", signal: AbortSignal.timeout(WITHIN_MS) });
}

async function look() {
  try {
    const answer = await asked(`/view?since=${since}`);
    if (answer.status === 401) {
      at("state").textContent = "no link";
      notice("this is not the link of the run that is on: open the link that the bot told at its start");
      ended = true;
      return;
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    show(await answer.json());
    lost = false;
  } catch (error) {
    if (!lost) {
      notice(`${clock(Date.now())} the bot does not answer: it has ended, or is held up`);
      at("state").textContent = "no answer";
      at("state").className = "badge bad";
      at("reason").hidden = true;
    }
    lost = true;
  }
}

async function act(path, words) {
  try {
    const answer = await asked(path, "POST");
    if (!answer.ok) notice(`${words} was refused: HTTP ${answer.status}`);
  } catch (error) {
    notice(`nobody knows whether ${words} arrived: the bot did not answer`);
  }
  await look();
}

at("pause").addEventListener("click", () => at("pause").textContent === "pause" ? act("/pause", "the pause") : act("/resume", "the resuming"));
at("stop").addEventListener("click", () => {
  if (Date.now() - armed < 4000) {
    at("stop").classList.remove("armed");
    act("/stop", "the stop");
    return;
  }
  armed = Date.now();
  at("stop").textContent = "stop: sure?";
  at("stop").classList.add("armed");
  setTimeout(() => {
    at("stop").classList.remove("armed");
    if (!at("stop").disabled) at("stop").textContent = "stop";
  }, 4000);
});

async function turn() {
  if (!document.hidden) await look();
  if (!ended) setTimeout(turn, EVERY_MS);
}

turn();
