// Draws status.json. Everything that comes from the cluster is set as text, never as markup.
"use strict";

const REFRESH_MILLIS = 2000;
const GOOD = new Set(["Healthy", "Up", "Running", "Completed"]);
const BAD = new Set(["NoCoordinator", "Down", "Failed", "Critical", "Fatal"]);
let drawnAt = 0;
let failure = "";

function element(name, text, kind) {
  const node = document.createElement(name);
  node.textContent = text;
  if (kind) node.className = kind;
  return node;
}

function mood(word) {
  return GOOD.has(word) ? "good" : BAD.has(word) ? "bad" : "warn";
}

// "NotInitiated" as "not initiated".
function words(text) {
  return (text || "").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

function gib(bytes) {
  return ((bytes || 0) / 2 ** 30).toFixed(1);
}

function table(id, heads, rows) {
  const target = document.getElementById(id);
  const head = document.createElement("tr");
  heads.forEach((text) => {
    const cell = element("th", text);
    cell.scope = "col";
    head.append(cell);
  });
  const body = rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  });
  if (body.length === 0) {
    const row = document.createElement("tr");
    const cell = element("td", "none");
    cell.colSpan = heads.length;
    row.append(cell);
    body.push(row);
  }
  target.replaceChildren(head, ...body);
}

function state(word) {
  return element("td", words(word), mood(word));
}

function text(value) {
  return element("td", value === undefined || value === "" ? "-" : String(value));
}

function number(value) {
  return element("td", value, "number");
}

function drawNodes(nodes) {
  table("nodes", ["Node", "State", "Health", "Drain", "Heard", "VMs", "CPU", "Free GiB", "Message"],
    nodes.map((node) => [
      text(node.name), state(node.state), state(node.health), text(words(node.drainStatus)),
      number(node.heardAgo === undefined ? "never" : node.heardAgo.toFixed(1) + " s"),
      number(String((node.vms || []).length)), number(Math.round((node.cpuLoad || 0) * 100) + " %"),
      number(gib(node.memoryAvailable) + " / " + gib(node.memoryTotal)), text(node.message)]));
}

function drawVms(vms) {
  table("vms", ["VM", "State", "Node", "Wanted", "GiB", "Progress", "Message"],
    vms.map((vm) => [
      text(vm.name), state(vm.state), text(vm.node), text(words(vm.desired)), number(gib(vm.memory)),
      text(vm.move ? vm.move.percent + " % to " + vm.move.target : ""), text(vm.message)]));
}

function drawOperations(operations) {
  table("operations", ["Operation", "What", "State", "Done", "By", "Message"],
    operations.map((operation) => {
      const steps = operation.steps || [];
      const done = steps.filter((step) => step.state === "Done").length;
      return [text(operation.id), text(words(operation.kind) + " " + (operation.node || operation.vm || "")),
        state(operation.state), number(done + " of " + steps.length), text(operation.actor), text(operation.message)];
    }));
}

function draw(status) {
  document.title = "Drover: " + status.cluster + " " + words(status.health);
  document.getElementById("title").textContent = status.cluster;
  const verdict = document.getElementById("verdict");
  const coordinator = status.coordinator
    ? "coordinator " + status.coordinator + ", epoch " + status.epoch
    : "no coordinator";
  const quorum = status.quorate ? "" : ", not quorate";
  const next = words(status.health) + quorum + " · " + coordinator + " · answered by " + status.answeredBy;
  // Only a change is read out by a screen reader.
  if (verdict.textContent !== next) verdict.textContent = next;
  verdict.className = mood(status.health);
  document.getElementById("problems")
    .replaceChildren(...(status.problems || []).map((problem) => element("li", problem, "bad")));
  drawNodes(status.nodes || []);
  drawOperations(status.operations || []);
  drawVms(status.vms || []);
}

function drawAge() {
  const age = document.getElementById("age");
  const seconds = Math.round((Date.now() - drawnAt) / 1000);
  age.textContent = drawnAt === 0 ? failure : failure ? "stale for " + seconds + " s: " + failure : "live";
  age.className = failure ? "bad" : "good";
}

async function refresh() {
  try {
    const answer = await fetch("status.json", { cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error("the agent answers " + answer.status);
    draw(await answer.json());
    drawnAt = Date.now();
    failure = "";
  } catch (problem) {
    failure = problem instanceof TypeError ? "the agent does not answer" : problem.message;
  }
  drawAge();
  setTimeout(refresh, REFRESH_MILLIS);
}

refresh();
