// Looks at the exchange twice a second and hands it what the buttons say. Everything shown comes from /local/v1/view.
"use strict";

const PERIOD_MS = 500;
const part = (id) => document.getElementById(id);
const built = { symbols: "", faults: "" };

function cell(text, kind = "") {
  const td = document.createElement("td");
  td.textContent = text;
  if (kind) td.className = kind;
  return td;
}

function rows(id, lines) {
  part(id).replaceChildren(...lines.map((cells) => {
    const tr = document.createElement("tr");
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

function ladder(view) {
  const most = Math.max(1e-12, ...view.bids.concat(view.asks).map(([, amount]) => Number(amount)));
  const line = (kind) => ([price, amount]) => [cell(price, kind), bar(amount, most, kind)];
  rows("asks", view.asks.map(line("sell")).reverse());
  rows("bids", view.bids.map(line("buy")));
  const both = view.asks.length && view.bids.length;
  rows("spread", [[cell(both ? (Number(view.asks[0][0]) - Number(view.bids[0][0])).toFixed(view.price_decimals) : "–"), cell("spread")]]);
}

function clock(ms) {
  return new Date(ms).toISOString().slice(11, 23);
}

function rounded(text, decimals) {
  return Number(text).toFixed(decimals);
}

function show(view) {
  for (const name of ["last", "mark", "index"]) {
    part(name).textContent = rounded(view[`${name}_price`], view.price_decimals);
  }
  const left = Math.max(0, Math.round((view.next_funding_ms - view.time_ms) / 1000));
  part("funding").textContent = `${(100 * Number(view.funding_rate)).toFixed(4)} % in ${left} s`;
  part("time").textContent = clock(view.time_ms);
  part("notice").textContent = view.notice;
  ladder(view);
  rows("trades", view.trades.map((trade) => [
    cell(trade.price, trade.side === "BUY" ? "buy" : "sell"), cell(trade.amount), cell(clock(trade.time_ms), "faint")]));
  rows("accounts", view.accounts.flatMap((account) => {
    const money = [cell(account.name), ...["wallet", "unrealised", "available"].map((name) => cell(rounded(account[name], 4)))];
    const held = account.positions.map((row) => [
      cell(`${row.amount} ${row.symbol}`, Number(row.amount) > 0 ? "buy" : "sell"), cell(rounded(row.entry_price, 4))]);
    const [first = [cell("–"), cell("")], ...more] = held;
    return [[...money, ...first], ...more.map((two) => [cell(""), cell(""), cell(""), cell(""), ...two])];
  }));
  rows("orders", view.orders.map((order) => [
    cell(order.client_order_id), cell(order.account), cell(order.side, order.side === "BUY" ? "buy" : "sell"),
    cell(order.type), cell(order.price), cell(order.amount), cell(order.filled)]));
}

function once(name, facts, build) {
  const text = JSON.stringify(facts);
  if (built[name] !== text) {
    built[name] = text;
    build();
  }
}

function buttons(view) {
  once("symbols", view.symbols, () => {
    const select = part("symbol");
    const kept = select.value || view.symbol;
    select.replaceChildren(...view.symbols.map((symbol) => new Option(symbol, symbol, false, symbol === kept)));
  });
  once("faults", view.faults, () => part("faults").replaceChildren(...view.faults.map((fault) =>
    button(fault.name, fault.about, fault.is_armed, () => tell("/local/v1/faults", {
      name: fault.name, times: fault.is_armed ? 0 : part("times").value, ms: part("ms").value, stream: part("stream").value,
      symbol: part("symbol").value })))));
}

async function scripts() {
  const prices = await (await fetch("/local/v1/prices")).json();
  part("scripts").replaceChildren(...prices.known.map((name) => button(
    name, `the ${name} of the price, on this symbol`, false,
    () => tell("/local/v1/prices", { symbol: part("symbol").value, name }))));
}

function button(text, about, armed, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = about;
  made.dataset.name = text;
  made.className = armed ? "armed" : "";
  made.onclick = act;
  return made;
}

function say(text, lost = false) {
  part("says").textContent = text;
  part("says").className = lost ? "lost" : "";
}

async function tell(path, facts) {
  const given = Object.entries(facts).filter(([, value]) => value !== "");
  const answer = await fetch(path, { method: "POST", body: new URLSearchParams(given) });
  const body = await answer.json();
  say(`${facts.name}: ${answer.ok ? "done" : body.msg}`, !answer.ok);
  await look();
}

async function look() {
  const symbol = part("symbol").value;
  const answer = await fetch(`/local/v1/view${symbol ? `?symbol=${encodeURIComponent(symbol)}` : ""}`);
  const view = await answer.json();
  show(view);
  buttons(view);
  document.body.dataset.looks = String(1 + Number(document.body.dataset.looks || 0));
}

async function watch() {
  try {
    await look();
    if (part("says").className === "lost") say("");
  } catch (error) {
    say(`the exchange does not answer: ${error.message}`, true);
  }
  setTimeout(watch, PERIOD_MS);
}

part("symbol").onchange = look;
scripts();
watch();
