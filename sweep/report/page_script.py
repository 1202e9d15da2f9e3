"""The script of the page: tables sorted by a click on a head, and the threshold slider. The page works without it."""

SCRIPT = """
"use strict";
const number = text => parseFloat((/-?\\d+(\\.\\d+)?(e[-+]?\\d+)?/.exec(text) || [NaN])[0]);
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0], given = [...body.rows];
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button"; button.title = "sort by this column";
    button.append(...head.childNodes); head.append(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending", rows = [...given];
      const text = row => row.cells[at].textContent;
      const words = at === 0 && rows.some(row => !/^[-\\d.]+$/.test(text(row)));
      rows.sort((a, b) => words ? text(a).localeCompare(text(b), "en", {numeric: true})
        : (number(text(a)) || 0) - (number(text(b)) || 0) || 0);
      if (!words) rows.sort((a, b) => Number.isNaN(number(text(a))) - Number.isNaN(number(text(b))));
      if (!up) rows.reverse();
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...rows);
    });
  });
}
const held = document.getElementById("slider-data"), panel = document.getElementById("slider");
if (held && panel) {
  const data = JSON.parse(held.textContent), range = document.getElementById("slider-threshold");
  const choice = document.getElementById("slider-configuration");
  data.configurations.forEach((one, at) => choice.add(new Option(one.name, at)));
  const percent = value => value === null ? "-" : (100 * value).toFixed(2);
  const show = () => {
    const one = data.configurations[choice.value], at = Number(range.value), threshold = one.thresholds[at];
    range.setAttribute("aria-valuetext", "threshold " + threshold);
    document.getElementById("slider-value").textContent = threshold;
    document.getElementById("slider-cases").textContent = one.seeds + " seeds, " + one.cases + " in test";
    for (const cell of panel.querySelectorAll("td[data-rate]")) {
      const [split, rate] = cell.dataset.rate.split(" "), line = one[split] && one[split][rate][at];
      cell.textContent = line ? percent(line[0]) + " [" + percent(line[1]) + ", " + percent(line[2]) + "]" : "-";
    }
    for (const cursor of document.querySelectorAll(".cursor")) {
      const own = Number(cursor.dataset.place) === one.place;
      cursor.setAttribute("visibility", own ? "visible" : "hidden");
      const {low, high, start, end} = cursor.dataset, share = (threshold - low) / (high - low);
      cursor.setAttribute("transform",
        "translate(" + (Number(start) + Math.min(Math.max(share, 0), 1) * (end - start)).toFixed(1) + " 0)");
    }
  };
  const choose = () => {
    const one = data.configurations[choice.value];
    range.max = one.thresholds.length - 1; range.value = one.threshold; show();
  };
  range.addEventListener("input", show); choice.addEventListener("change", choose);
  panel.hidden = false; choose();
}
"""
