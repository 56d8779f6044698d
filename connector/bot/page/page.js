// The page of a running bot. The token comes with the link, behind its #: it is kept in this tab alone, and sent in a header.
"use strict";

const EVERY_MS = 1000, WITHIN_MS = 8000, MOST_SAMPLES = 1800;
const GOOD = ["quoting", "ready"], HELD = ["starting", "holding", "paused", "stopping"];
// Of the result these are no parts.
const APART = ["equity_start", "equity", "change"];
const SVG = "http://www.w3.org/2000/svg";
const at = (id) => document.getElementById(id);
const token = taken();
// Of several pairs the one whose book, inventory and fills are shown; the first where none was chosen.
let chosen = sessionStorage.getItem("pair") || "";
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
const badge = (name) => GOOD.includes(name) ? "good" : HELD.includes(name) ? "held" : "bad";
const marketOf = (status, pair) => status?.markets.find((row) => row.trading_pair === pair);
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

function money(status, pair) {
  const parts = Object.entries(status.result ?? {}).filter(([name, value]) => !APART.includes(name) && typeof value === "string");
  rows("money", [
    ["equity", amount(cut(status.equity, 2))], ["wallet", amount(cut(status.wallet, 2))],
    ["unrealised", signed(cut(status.unrealized_pnl, 4)), side(status.unrealized_pnl)],
    ["available", amount(cut(status.available, 2))],
    ["since the start", signed(cut(status.result?.change, 4)), side(status.result?.change)],
    ...parts.map(([name, value]) => [`· ${name.replaceAll("_", " ")}`, signed(cut(value, 4)), side(value)]),
    // Of the pairs that another asset backs, and fees that another asset paid.
    ...Object.entries(status.results_beside).map(([asset, result]) => [`since the start, ${asset}`, signed(cut(result.change, 4)), side(result.change)]),
    ...Object.entries(status.counts.other_fees).map(([asset, paid]) => [`fees beside, ${asset}`, amount(paid)]),
    ["margin ratio", status.margin_ratio === null ? "–" : `${(Number(status.margin_ratio) * 100).toFixed(2)} %`],
    ["fills", `${status.counts.buys} buys, ${status.counts.sells} sells`], ["volume", amount(cut(status.counts.volume, 2))],
  ]);
  at("asset").textContent = `in ${status.asset}`;
  const places = decimals(marketOf(status, pair));
  const price = (text) => amount(cut(text, places));
  const held = status.positions.filter((row) => row.trading_pair === pair).flatMap((row) => [
    ["held", `${signed(row.amount)}${row.position_side === "BOTH" ? "" : ` ${row.position_side.toLowerCase()}`}`, side(row.amount)],
    ["entry", price(row.entry_price)], ["mark", price(row.mark_price)],
    ["liquidation", row.liquidation_price === "0" ? "at no price" : price(row.liquidation_price)],
    ["distance", row.liquidation_distance === null ? "–" : `${row.liquidation_distance} %`],
    ["leverage", `${row.leverage} ${row.margin_type.toLowerCase()}`], ["ADL rank", row.adl_rank === null ? "–" : String(row.adl_rank)],
  ]);
  rows("position", held.length ? held : [["held", "nothing"]]);
}

// What a pair came to, in the asset that backs it; that of an asset's only pair is the asset's own.
function cameTo(status, pair) {
  const asset = pair.split("-")[1], result = asset === status.asset ? status.result : status.results_beside[asset];
  const row = result?.by_pair?.[pair] ?? result;
  return row ? `${signed(cut(row.change, 4))} ${asset}` : "–";
}

function strategies(view) {
  const status = view.status;
  at("part-strategies").hidden = !status.strategies.length;
  at("strategies").replaceChildren(...status.strategies.map((one) => {
    const part = made("div", "", "strategy"), top = made("div", "", "head"), name = one.state.match(/^[a-z]+/)[0];
    const figures = made("dl");
    const held = (pair) => status.positions.filter((row) => row.trading_pair === pair).map((row) => signed(row.amount)).join(", ") || "nothing";
    top.append(made("b", one.name), made("span", name, `badge ${badge(name)}`));
    if (view.control) {
      const button = made("button", one.is_paused ? "resume" : "pause");
      button.type = "button";
      button.disabled = view.control.is_stopping;
      button.addEventListener("click", () => act(`/${button.textContent}?strategy=${encodeURIComponent(one.name)}`, `the ${button.textContent} of ${one.name}`));
      top.append(button);
    }
    part.append(top, made("p", one.strategy.replaceAll("_", " ")));
    if (one.state !== name) part.append(made("p", one.state.slice(name.length).replace(/^: /, ""), "reason"));
    figures.append(...[["orders", String(one.orders)],
      ...one.pairs.flatMap((pair) => [[`held of ${pair}`, held(pair)], ["it came to", cameTo(status, pair)]]),
    ].flatMap(([title, text]) => [made("dt", title), made("dd", text)]));
    part.append(figures);
    return part;
  }));
}

// The pairs to choose from; made anew only where something of them changed, so that a press is never lost.
function pairs(view) {
  const told = view.pairs.map((pair) => [pair, marketOf(view.status, pair)?.waits_for ?? "", pair === view.pair]);
  const shape = JSON.stringify(told);
  at("pairs").hidden = told.length < 2;
  if (at("pairs").dataset.shape === shape) return;
  at("pairs").dataset.shape = shape;
  at("pairs").replaceChildren(...told.map(([pair, waits, pressed]) => {
    const button = made("button", pair, waits ? "bad" : "");
    button.type = "button";
    button.title = waits ? `not ready: ${waits}` : "";
    button.setAttribute("aria-pressed", String(pressed));
    button.addEventListener("click", () => choose(pair));
    return button;
  }));
}

function choose(pair) {
  chosen = pair;
  sessionStorage.setItem("pair", pair);
  [samples, since] = [[], 0];
  look();
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
  at("pair").textContent = document.title = view.pairs.length > 3 ? `${view.pairs.length} pairs` : view.pairs.join(", ") || "Bot";
  at("state").textContent = name;
  at("state").className = `badge ${badge(name)}`;
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
  samples = [...samples, ...view.samples.filter((row) => row[0] > since)].slice(-MOST_SAMPLES);
  since = samples.length ? samples[samples.length - 1][0] : 0;
  head(view);
  if (view.status) {
    money(view.status, view.pair);
    strategies(view);
    limits(view.status);
    at("base").textContent = `of ${view.pair}`;
    pairs(view);
    const of = view.pairs.length > 1 ? `of ${view.pair}, ` : "";
    at("book-of").textContent = `${of}own orders marked`;
    at("fills-of").textContent = `${of}the latest 50`;
    at("position-of").textContent = of.slice(0, -2);
  }
  book(view.book, marketOf(view.status, view.pair));
  lists(view);
  chart("equity-chart", 1, 2);
  chart("inventory-chart", 2, 4);
  document.body.dataset.looks = String(++looks);
}

async function asked(path, method = "GET") {
  return fetch(path, { method, headers: { "X-Connector-Token": token }, cache: "no-store", signal: AbortSignal.timeout(WITHIN_MS) });
}

async function look() {
  const wanted = chosen;
  let told;
  try {
    const answer = await asked(`/view?since=${since}&pair=${encodeURIComponent(wanted)}`);
    if (answer.status === 401) {
      at("state").textContent = "no link";
      notice("this is not the link of the run that is on: open the link that the bot told at its start");
      ended = true;
      return;
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    told = await answer.json();
    lost = false;
  } catch (error) {
    if (!lost) {
      notice(`${clock(Date.now())} the bot does not answer: it has ended, or is held up`);
      at("state").textContent = "no answer";
      at("state").className = "badge bad";
      at("reason").hidden = true;
    }
    lost = true;
    return;
  }
  // What was asked for before another pair was chosen is of the other one.
  if (wanted === chosen) show(told);
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
  try {
    if (!document.hidden) await look();
  } finally {
    if (!ended) setTimeout(turn, EVERY_MS);
  }
}

turn();
