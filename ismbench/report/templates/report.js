"use strict";

// Sorting: a press on a heading sorts by its column, a second press the other way; rows without a number stay last.
function key(row, column, numeric) {
  const cell = row.cells[column];
  if (!numeric) return cell.textContent.trim();
  return cell.dataset.sort === "" ? NaN : Number(cell.dataset.sort);
}

function compare(a, b) {
  if (typeof a === "string") return a.localeCompare(b, undefined, { numeric: true });
  if (Number.isNaN(a) || Number.isNaN(b)) return 0;
  return a - b;
}

function sort(table, heading) {
  const numeric = heading.classList.contains("number");
  const falling = heading.getAttribute("aria-sort") === "ascending";
  const column = heading.cellIndex;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: key(row, column, numeric) }));
  rows.sort((a, b) => {
    const gaps = Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    return gaps || (falling ? -1 : 1) * compare(a.value, b.value);
  });
  body.append(...rows.map(({ row }) => row));
  for (const other of heading.parentElement.cells) other.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
}

for (const table of document.querySelectorAll("table.sortable")) {
  for (const heading of table.tHead.rows[0].cells) {
    heading.querySelector("button").addEventListener("click", () => sort(table, heading));
  }
}

// Filtering: every word must be somewhere in the row.
for (const filter of document.querySelectorAll(".filter")) {
  const rows = [...filter.parentElement.querySelectorAll("table.filterable tbody tr")];
  const show = () => {
    const words = filter.querySelector("input").value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    filter.querySelector("output").value = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows`;
  };
  filter.hidden = false;
  filter.addEventListener("input", show);
  show();
}

// The theme follows the system until its button is pressed.
const themes = ["system", "light", "dark"];
const button = document.getElementById("theme");
button.hidden = false;
button.addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "system";
  const next = themes[(themes.indexOf(now) + 1) % themes.length];
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  button.textContent = `Theme: ${next}`;
});
