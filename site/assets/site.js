// The partner list without waiting: search, filters and sorting. Without this script the list is there all the same.
(() => {
  "use strict";
  const table = document.querySelector("#partners");
  const form = document.querySelector("[data-filters]");
  const count = document.querySelector("[data-count]");
  if (!table || !form || !count) return;

  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
  const rows = [...body.rows].map((row) => ({
    row,
    name: plain(row.cells[0].textContent),
    cells: [...row.cells].map((cell) => cell.textContent.trim()),
  }));
  const search = form.querySelector("input");
  const selects = [...form.querySelectorAll("select")].map((select) => ({
    select,
    column: heads.findIndex((head) => head.dataset.name === select.dataset.column),
  }));

  function filter() {
    const words = plain(search.value).split(/\s+/);
    const chosen = selects.filter(({ select }) => select.value);
    let shown = 0;
    for (const { row, name, cells } of rows) {
      const fits = words.every((word) => name.includes(word)) &&
        chosen.every(({ select, column }) => cells[column] === select.value);
      if (row.hidden === fits) row.hidden = !fits;
      if (fits) shown += 1;
    }
    count.textContent = shown === rows.length ? `${shown} partners` : `${shown} of ${rows.length} partners`;
  }

  // Nothing to compare by is null, and null comes last whichever way the list is sorted.
  const keys = {
    text: (cell) => plain(cell.textContent),
    number: (cell) => { const number = parseFloat(cell.textContent); return Number.isNaN(number) ? null : number; },
    choice: (cell) => ranks.get(cell.textContent.trim()) ?? null,
    time: (cell) => cell.querySelector("time")?.dateTime ?? null,
  };
  const ranks = new Map([...form.querySelector("[data-column=rating]").options].map((option, place) => [option.value, place]));
  const order = new Intl.Collator(document.documentElement.lang);

  function sort(column) {
    const head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    const key = keys[head.dataset.sort];
    const compare = ["number", "choice"].includes(head.dataset.sort) ? (a, b) => a - b : order.compare;
    const keyed = rows.map((one) => ({ one, value: key(one.row.cells[column]) }));
    keyed.sort((a, b) => {
      if (a.value === null || b.value === null) return (a.value === null) - (b.value === null);
      return down ? compare(b.value, a.value) : compare(a.value, b.value);
    });
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...keyed.map(({ one }) => one.row));
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
