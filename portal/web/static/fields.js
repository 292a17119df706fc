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
  const cells = (line) => [...line.querySelectorAll("input, select")];
  const column = (box, cell) => cell.name.slice(box.dataset.question.length + 1).replace(/^\d+-/, "");
  const rows = (box) => lines(box)
    .map((line) => Object.fromEntries(cells(line).map((cell) => [column(box, cell), cell.value])))
    .filter((row) => Object.values(row).some((value) => value.trim()));
  // One more row, like the last but empty.
  const addRow = (box) => {
    const last = lines(box).at(-1), line = last.cloneNode(true), number = lines(box).length;
    for (const one of line.querySelectorAll(".field-error")) one.remove();
    for (const cell of cells(line)) {
      const name = `${box.dataset.question}-${number}-${column(box, cell)}`;
      $(line, `[for="${cell.id}"]`).htmlFor = name;
      cell.id = cell.name = name;
      cell.value = "";
      cell.removeAttribute("aria-invalid");
    }
    for (const one of line.querySelectorAll("[data-number]")) one.textContent = number + 1;
    last.after(line);
    return line;
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

  const label = (box, value) =>
    ($(box, `[value="${CSS.escape(value)}"]`)?.closest("label, option")?.textContent ?? value).trim();
  const spoken = (box, { value, other, comment, action }) => [
    ...[value ?? []].flat().map((part) => Object.values(Object(part) === part ? part : [part])
      .filter(Boolean).map((one) => label(box, one)).join(", ")),
    other, comment, [action?.what, action?.who, action?.due].filter(Boolean).join(", "),
  ].map((part) => part?.trim()).filter(Boolean).join("\n");

  const fill = (box, { value, other, comment, action }) => {
    const given = [value ?? []].flat();
    const set = (part, content) => { if (named(box, part)) named(box, part).value = content ?? ""; };
    if (box.dataset.kind === "rows") {
      while (lines(box).length < given.length) addRow(box);
      lines(box).forEach((line, at) => cells(line).forEach((cell) => { cell.value = given[at]?.[column(box, cell)] ?? ""; }));
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

  return { $, make, button, named, text, inputs, read, spoken, fill, growing, alone, otherwise };
})();
