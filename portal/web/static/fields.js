"use strict";
// Reads and fills the fields of a question: what it says now, as the server takes it and as people read it.
const fields = (() => {
  const $ = (box, selector) => box.querySelector(selector);
  const named = (box, part = "") => $(box, `[name="${box.dataset.question}${part}"]`);
  const text = (box, part) => named(box, part)?.value ?? "";
  const inputs = (box) => [...box.querySelectorAll(`[name="${box.dataset.question}"]`)];
  const ticked = (box) => inputs(box).filter((one) => one.checked).map((one) => one.value);

  const make = (tag, className, content) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = content;
    return element;
  };
  const button = (caption, press) => {
    const element = make("button", "button quiet", caption);
    element.type = "button";
    element.onclick = press;
    return element;
  };

  const lines = (box) => [...box.querySelectorAll(".rows > li")];
  const cells = (line) => [...line.querySelectorAll("input, select, textarea")];
  const column = (box, cell) => cell.name.slice(box.dataset.question.length + 1).replace(/^\d+-/, "");
  const rows = (box) => lines(box)
    .map((line) => Object.fromEntries(cells(line).map((cell) => [column(box, cell), cell.value])))
    .filter((row) => row._row ?? Object.values(row).some((value) => value.trim()));
  const numbered = (box, line, number) => {
    for (const cell of cells(line)) {
      const name = `${box.dataset.question}-${number}-${column(box, cell)}`, label = $(line, `[for="${cell.id}"]`);
      if (label) label.htmlFor = cell.id = name;
      cell.name = name;
    }
    for (const one of line.querySelectorAll("[data-number]")) one.textContent = number + 1;
    return line;
  };
  // One more row, like the last but empty.
  const emptyRow = (box) => {
    const line = lines(box).at(-1).cloneNode(true);
    for (const one of line.querySelectorAll(".field-error")) one.remove();
    for (const cell of cells(line)) {
      cell.value = "";
      cell.removeAttribute("aria-invalid");
    }
    return numbered(box, line, lines(box).length);
  };
  const addRow = (box) => {
    const line = emptyRow(box);
    $(box, ".rows").append(line);
    return line;
  };
  // A row for each name that an earlier answer gives now; what stands in a row that stays is not touched.
  const nameOf = (line) => $(line, "[name$=-_row]")?.value;
  const nameRows = (box, names) => {
    const old = new Map(lines(box).map((line) => [nameOf(line), line])), spare = emptyRow(box);
    const named = names.map(([id, caption]) => {
      const line = old.get(id) ?? spare.cloneNode(true);
      $(line, "[name$=-_row]").value = id;
      for (const one of line.querySelectorAll("[data-name], [data-named]")) one.textContent = caption;
      line.hidden = false;
      return line;
    });
    if (!named.length) spare.hidden = true;
    $(box, ".rows").replaceChildren(...(named.length ? named : [spare]).map((line, at) => numbered(box, line, at)));
  };
  const growing = (box, caption) => {
    const most = Number($(box, ".rows").dataset.most);
    const full = () => { more.hidden = lines(box).length >= most; };
    const more = button(caption, () => {
      cells(addRow(box))[0].focus();
      full();
    });
    full();
    $(box, "[data-rows]").replaceWith(more);
  };

  const VALUES = {
    choice: (box) => ticked(box)[0] ?? null,
    choices: ticked,
    agreement: (box) => ticked(box)[0] ?? null,
    rows,
    files: () => undefined,
  };
  const read = (box) => {
    const answer = { value: (VALUES[box.dataset.kind] ?? text)(box) };
    if (named(box, "-other")) answer.other = text(box, "-other");
    if (named(box, "-comment")) {
      answer.comment = text(box, "-comment");
      answer.action = { what: text(box, "-action"), who: text(box, "-action-who"), due: text(box, "-action-due") };
    }
    return answer;
  };

  const label = (box, value) => {
    const found = $(box, `[value="${CSS.escape(value)}"]`);
    return (found?.closest("label, option")?.textContent ?? found?.closest("li")?.querySelector("[data-name]")?.textContent ?? value).trim();
  };
  const listed = (box, parts) => parts.filter(Boolean).join(box.closest("form").dataset.comma);
  const spoken = (box, { value, other, comment, action }) => [
    ...[value ?? []].flat().map((part) => listed(box, Object.values(Object(part) === part ? part : [part])
      .map((one) => one && label(box, one)))),
    other, comment, listed(box, [action?.what, action?.who, action?.due]),
  ].map((part) => part?.trim()).filter(Boolean).join("\n");

  const fill = (box, { value, other, comment, action }) => {
    const given = [value ?? []].flat();
    const set = (part, content) => { if (named(box, part)) named(box, part).value = content ?? ""; };
    if (box.dataset.kind === "rows") {
      const byName = Object.fromEntries(given.map((row) => [row._row, row]));
      while (!nameOf(lines(box)[0]) && lines(box).length < given.length) addRow(box);
      lines(box).forEach((line, at) => {
        const row = nameOf(line) ? byName[nameOf(line)] : given[at];
        for (const cell of cells(line)) if (cell.type !== "hidden") cell.value = row?.[column(box, cell)] ?? "";
      });
    } else if (box.dataset.kind in VALUES) {
      for (const one of inputs(box)) one.checked = given.includes(one.value);
    } else set("", given[0]);
    set("-other", other);
    set("-comment", comment);
    set("-action", action?.what);
    set("-action-who", action?.who);
    set("-action-due", action?.due);
  };

  // “None of these” goes with nothing else; “other” asks for a text.
  const alone = (box, one) => inputs(box).forEach((other) => {
    if (other !== one && ("alone" in other.dataset || "alone" in one.dataset)) other.checked = false;
  });
  const otherwise = (box) => {
    const part = $(box, "[data-part=other]");
    if (part) part.hidden = !$(box, "[data-other]:checked");
  };

  return { $, make, button, named, text, inputs, read, spoken, fill, growing, nameRows, alone, otherwise };
})();
