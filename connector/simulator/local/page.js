// Looks at the exchange twice a second and hands it what the buttons say. Everything shown comes from /local/v1/view.
"use strict";

const PERIOD_MS = 500;
const FILL_SHOWN_MS = 60000;
const HALTED_TOLD = 6;
const NOT_HALTED = ["TRADING", "PENDING_TRADING"];
const SAID_FOR_MS = 6000;
const part = (id) => document.getElementById(id);
const built = {};
let seen = null;
let saidUntil = 0;
let looks = 0, shown = 0;

function cell(text, kind = "", label = "") {
  const td = document.createElement("td");
  td.textContent = text;
  if (kind) td.className = kind;
  if (label) td.dataset.label = label;
  return td;
}

function rows(id, lines) {
  part(id).replaceChildren(...lines.map(({ cells, kind = "" }) => {
    const tr = document.createElement("tr");
    tr.className = kind;
    tr.append(...cells);
    return tr;
  }));
}

function bar(amount, most, kind) {
  const td = cell(amount, `bar ${kind}`);
  const i = document.createElement("i");
  i.style.width = `${Math.min(100, 100 * Number(amount) / most)}%`;
  td.append(i);
  return td;
}

function mine(view, price) {
  const open = view.orders.filter((order) => order.price === price);
  const filled = view.fills.filter((fill) => fill.price === price && view.time_ms - fill.time_ms < FILL_SHOWN_MS);
  const sum = (list, name) => list.reduce((total, each) => total + Number(each[name]), 0);
  const resting = sum(open, "amount") - sum(open, "filled");
  const told = [];
  if (open.length) told.push(`▸ ${+resting.toFixed(8)}`);
  if (filled.length) told.push(`● ${+sum(filled, "amount").toFixed(8)}`);
  return told.join(" ");
}

function ladder(view) {
  const most = Math.max(1e-12, ...view.bids.concat(view.asks).map(([, amount]) => Number(amount)));
  const line = (kind) => ([price, amount]) => {
    const own = mine(view, price);
    return { cells: [cell(price, kind), bar(amount, most, kind), cell(own, "mine")], kind: own ? "own" : "" };
  };
  rows("asks", view.asks.map(line("sell")).reverse());
  rows("bids", view.bids.map(line("buy")));
  const both = view.asks.length && view.bids.length;
  const gap = both ? (Number(view.asks[0][0]) - Number(view.bids[0][0])).toFixed(view.price_decimals) : "–";
  rows("spread", [{ cells: [cell(gap), cell("spread"), cell("")] }]);
}

function clock(ms) {
  return new Date(ms).toISOString().slice(11, 23);
}

function rounded(text, decimals) {
  return Number(text).toFixed(decimals);
}

function known(values) {
  return values.filter((value) => value !== null);
}

function middle(view) {
  const both = view.asks.length && view.bids.length;
  return both ? (Number(view.asks[0][0]) + Number(view.bids[0][0])) / 2 : null;
}

// The lines that the exchange keeps end with its latest moment; the present one is put behind them.
function withPresent(view) {
  const prices = { mark: Number(view.mark_price), index: Number(view.index_price), mid: middle(view) };
  const followed = view.accounts.filter((account) => account.result !== null);
  const results = Object.fromEntries(followed.map((account) => [account.name, Number(account.result)]));
  const ended = (lines, present) => Object.fromEntries(
    Object.entries(lines).map(([name, values]) => [name, [...values, present[name] ?? null]]));
  return { times: [...view.times_ms, view.time_ms], prices: ended(view.prices, prices), results: ended(view.results, results) };
}

function charts(view) {
  const drawn = withPresent(view);
  const told = (number) => number.toFixed(view.price_decimals);
  const lines = Object.entries(drawn.prices).map(([name, values]) => {
    const last = known(values).at(-1);
    return { name, values, told: last === undefined ? "–" : told(last) };
  });
  const dots = view.fills.map((fill) => ({ time: fill.time_ms, value: Number(fill.price), kind: fill.side.toLowerCase() }));
  chart("prices", drawn.times, lines, dots, told);
  const signed = (number) => (number > 0 ? "+" : "") + number.toFixed(2);
  const results = Object.entries(drawn.results).map(
    ([name, values]) => ({ name: `account ${name}`, values, told: signed(known(values).at(-1) ?? 0) }));
  chart("results", drawn.times, results, [], signed);
}

function accounts(view) {
  const names = ["equity", "wallet", "unrealised", "available", "result"];
  const lines = Object.keys(view.results);
  const found = view.accounts.flatMap((account) => {
    const name = cell(account.name, "", "account");
    if (lines.includes(account.name)) name.append(" ", key(lines.indexOf(account.name)));
    const holds = Object.entries(account.holds).map(([asset, amount]) => `${Number(amount)} ${asset}`).join(", ");
    const told = (each) => (account[each] === null ? "–" : rounded(account[each], 2));
    const money = [name, ...names.map((each) => cell(told(each), "", each)), cell(holds || "–", "whole holds", "holds")];
    const held = account.positions.map((row) => [
      cell(`${row.amount} ${row.symbol}`, Number(row.amount) > 0 ? "buy whole" : "sell whole", "position"),
      cell(rounded(row.entry_price, 4), "whole", "entry")]);
    const [first = [cell("–", "whole", "position"), cell("")], ...more] = held;
    return [{ cells: [...money, ...first] }, ...more.map((two) => ({ cells: [...Array.from(Array(money.length), () => cell("")), ...two], kind: "more" }))];
  });
  const left = view.accounts_left_out;
  rows("accounts", left ? [...found, { cells: [cell(`and ${left} more`, "faint")] }] : found);
}

function orders(view) {
  rows("orders", view.orders.map((order) => ({ cells: [
    cell(order.client_order_id, "whole", "client id"), cell(order.account, "", "account"),
    cell(order.side, order.side === "BUY" ? "buy" : "sell", "side"), cell(order.type, "", "type"), cell(order.price, "", "price"),
    cell(order.amount, "", "amount"), cell(order.filled, "", "filled")] })));
}

function halted(symbols) {
  const closed = Object.entries(symbols).filter(([, status]) => !NOT_HALTED.includes(status));
  const more = closed.length > HALTED_TOLD ? ` and ${closed.length - HALTED_TOLD} more` : "";
  const named = closed.slice(0, HALTED_TOLD).map(([symbol, status]) => `${symbol} ${status}`).join(", ");
  return closed.length ? `halted: ${named}${more}` : "";
}

function show(view) {
  for (const name of ["last", "mark", "index"]) {
    part(name).textContent = rounded(view[`${name}_price`], view.price_decimals);
  }
  const left = Math.max(0, Math.round((view.next_funding_ms - view.time_ms) / 1000));
  part("funding").textContent = `${(100 * Number(view.funding_rate)).toFixed(4)} % in ${left} s`;
  part("time").textContent = clock(view.time_ms) + (view.clock_rate === 0 ? " paused" : view.clock_rate === 1 ? "" : ` ×${view.clock_rate}`);
  part("status").textContent = view.status;
  part("status").hidden = view.status === "TRADING";
  part("halted").textContent = halted(view.symbols);
  part("notice").textContent = view.notice;
  ladder(view);
  charts(view);
  rows("trades", view.trades.map((trade) => ({ cells: [
    cell((trade.is_own ? "● " : "") + trade.price, trade.side === "BUY" ? "buy" : "sell"), cell(trade.amount),
    cell(clock(trade.time_ms), "faint")], kind: trade.is_own ? "own" : "" })));
  rows("fills", view.fills.map((fill) => ({ cells: [
    cell(fill.price, fill.side === "BUY" ? "buy" : "sell"), cell(fill.amount), cell(`${fill.account} ${fill.is_maker ? "maker" : "taker"}`),
    cell(clock(fill.time_ms).slice(0, 8), "faint")] })));
  if (!view.fills.length) rows("fills", [{ cells: [cell("none yet", "faint")] }]);
  accounts(view);
  orders(view);
}

function once(name, facts, build) {
  const text = JSON.stringify(facts);
  if (built[name] !== text) {
    built[name] = text;
    build();
  }
}

function choices(select, names, kept) {
  select.replaceChildren(...names.map(([value, text]) => new Option(text, value, false, value === kept)));
}

function faultState({ armed, moment }) {
  const lasts = moment === "until disarmed" || moment === "for a while";
  const { name, times, ms, ...others } = armed;
  const terms = [lasts ? "" : `×${times}`, ms === undefined ? "" : `${ms} ms`, ...Object.values(others)];
  return `armed ${terms.filter(Boolean).join(" ")}`;
}

function faultButton(fault) {
  return button(fault.name, fault.about, fault.armed ? faultState(fault) : "", () => tell("/local/v1/faults", {
    name: fault.name, times: fault.armed ? 0 : fault.repeats ? part("times").value : 1, ...taken(fault) }));
}

function taken(fault) {
  const given = { ms: part("ms"), stream: part("stream"), symbol: part("fault-symbol"), method: part("method"), path: part("path") };
  const fields = Object.entries(given).filter(([name, { value }]) => value && fault.takes.includes(name));
  return Object.fromEntries(fields.map(([name, { value }]) => [name, value]));
}

function faultGroups(faults) {
  const moments = [...new Set(faults.map((fault) => fault.moment))];
  return moments.flatMap((moment) => {
    const title = document.createElement("h3"), row = document.createElement("div");
    title.textContent = moment;
    row.className = "row";
    row.append(...faults.filter((fault) => fault.moment === moment).map(faultButton));
    return [title, row];
  });
}

function buttons(view) {
  once("symbols", view.symbols, () => {
    const told = Object.entries(view.symbols).map(([symbol, status]) => [symbol, status === "TRADING" ? symbol : `${symbol} · ${status}`]);
    choices(part("symbol"), told, part("symbol").value || view.symbol);
    const names = Object.keys(view.symbols).map((symbol) => [symbol, symbol]);
    choices(part("fault-symbol"), [["", "any"], ...names], part("fault-symbol").value);
  });
  once("faults", view.faults, () => part("faults").replaceChildren(...faultGroups(view.faults)));
  once("scripts", [view.scripts, view.running_scripts, view.symbol], () => part("scripts").replaceChildren(...view.scripts.map(
    (name) => {
      const running = Object.keys(view.running_scripts).filter((symbol) => view.running_scripts[symbol] === name);
      const state = running.length ? `runs on ${running.length > 2 ? `${running.length} symbols` : running.join(" ")}` : "";
      return button(name, `the ${name} of the price`, state, () => tell("/local/v1/prices", {
        name, symbol: part("script-symbol").value === "this" ? part("symbol").value : "" }));
    })));
  const paused = view.clock_rate === 0;
  once("clock", [view.clock_rate, view.running_rate], () => {
    const pace = view.running_rate === 1 ? "" : ` ×${view.running_rate}`;
    part("pause").textContent = paused ? `go on${pace} (paused)` : `pause (runs${pace})`;
    part("pause").className = paused ? "armed" : "";
    part("pause").onclick = () => tell("/local/v1/clock", { rate: paused ? view.running_rate : 0 }, paused ? "clock goes on" : "clock");
  });
}

function button(text, about, state, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = about;
  made.dataset.name = text;
  made.className = state ? "armed" : "";
  made.onclick = act;
  if (state) {
    const told = document.createElement("small");
    told.textContent = state;
    made.append(told);
  }
  return made;
}

function say(text, lost = false) {
  part("says").textContent = text;
  part("says").className = lost ? "lost" : "";
  saidUntil = Date.now() + SAID_FOR_MS;
}

function refuse(text) {
  const line = document.createElement("li"), told = document.createElement("span"), read = document.createElement("button");
  told.textContent = `${clock(Date.now()).slice(0, 8)} ${text}`;
  read.type = "button";
  read.textContent = "read";
  read.setAttribute("aria-label", "take this line away");
  read.onclick = () => line.remove();
  line.append(told, read);
  part("refusals").append(line);
}

// A command has its answer by itself: what becomes of the look after it is told apart.
async function tell(path, facts, name = facts.name) {
  const given = Object.entries(facts).filter(([, value]) => value !== "");
  try {
    const answer = await fetch(path, { method: "POST", body: new URLSearchParams(given) });
    if (answer.ok) say(`${name}: done`);
    else refuse(`${name}: ${await reason(answer)}`);
  } catch (error) {
    refuse(`${name}: no answer (${error.message})`);
  }
  await look();
}

async function reason(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text).msg ?? text;
  } catch {
    return `${answer.status} ${text.slice(0, 200)}`;
  }
}

// Shows what is now; a look that began before one that is shown already is left out. False where there was no answer.
async function look() {
  const symbol = part("symbol").value, number = ++looks;
  let view;
  try {
    const answer = await fetch(`/local/v1/view${symbol ? `?symbol=${encodeURIComponent(symbol)}` : ""}`);
    if (!answer.ok) throw new Error(await reason(answer));
    view = await answer.json();
  } catch (error) {
    say(`what is now can't be seen: ${error.message}`, true);
    return false;
  }
  if (number > shown) {
    shown = number;
    seen = view;
    show(view);
    buttons(view);
  }
  document.body.dataset.looks = String(1 + Number(document.body.dataset.looks || 0));
  return true;
}

async function watch() {
  if (await look() && (part("says").className === "lost" || Date.now() > saidUntil)) say("");
  setTimeout(watch, PERIOD_MS);
}

part("symbol").onchange = look;
part("step-1").onclick = () => tell("/local/v1/clock", { step_ms: 1000 }, "step");
part("step-60").onclick = () => tell("/local/v1/clock", { step_ms: 60000 }, "step");
window.onresize = () => seen && charts(seen);
watch();
