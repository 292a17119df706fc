"use strict";
// Saves each answer as it is left and says so. Without this script every page works by its Save button.
(() => {
  const language = document.documentElement.lang;
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = new Date(time.dateTime).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  }
  document.getElementById("errors")?.focus();
  const form = document.querySelector("form[data-answers]");
  if (!form) return;

  const words = form.dataset;
  const token = document.querySelector("meta[name=csrf-token]").content;
  const trouble = document.querySelector("[data-trouble]");
  const lines = new Map(); // question id: the saves of that question, one after the other
  const unsaved = new Map(); // question id to how often it was changed, while that is not on the server yet
  let leaving = false;

  const field = (name) => form.elements.namedItem(name);
  const text = (name) => field(name)?.value ?? "";
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const clock = (moment) => new Date(moment).toLocaleTimeString(language, { timeStyle: "short" });
  const say = (box, sentence, bad = false) => {
    const status = box.querySelector("[data-status]");
    status.textContent = sentence;
    status.classList.toggle("field-error", bad);
  };
  const warn = (sentence) => {
    if (!trouble) return;
    trouble.textContent = sentence;
    trouble.hidden = !sentence;
  };
  const make = (name, parts = [], properties = {}) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...parts);
    return element;
  };

  // What a question says now.
  const inputs = (box) => [...box.querySelectorAll(`[name="${box.dataset.question}"]`)];
  const row = (item, id) => Object.fromEntries(
    [...item.querySelectorAll("input, select")].map((cell) => [cell.name.slice(id.length + 1).replace(/^\d+-/, ""), cell.value]),
  );
  const values = {
    choice: (box) => inputs(box).find((one) => one.checked)?.value ?? null,
    choices: (box) => inputs(box).filter((one) => one.checked).map((one) => one.value),
    agreement: (box) => (inputs(box)[0].checked ? "agreed" : null),
    rows: (box) => [...box.querySelectorAll(".rows > li")].map((item) => row(item, box.dataset.question))
      .filter((cells) => Object.values(cells).some((cell) => cell.trim())),
    files: () => undefined,
  };
  const answer = (box) => {
    const id = box.dataset.question;
    const said = { version: Number.parseInt(text(`${id}-version`), 10) || 0 };
    const value = (values[box.dataset.kind] ?? ((one) => inputs(one)[0].value))(box);
    if (value !== undefined) said.value = value;
    if (field(`${id}-other`)) said.other = text(`${id}-other`);
    if (field(`${id}-comment`)) said.comment = text(`${id}-comment`);
    if (field(`${id}-action`)) {
      said.action = { what: text(`${id}-action`), who: text(`${id}-action-who`), due: text(`${id}-action-due`) };
    }
    return said;
  };

  // What an answer asks for, and which questions it opens.
  const part = (box, name) => box.querySelector(`[data-part=${name}]`);
  const show = (element, on) => { if (element) element.hidden = !on; };
  const ask = (box, asks) => {
    for (const name of ["comment", "evidence", "action"]) {
      const block = part(box, name);
      if (!block) continue;
      show(block.querySelector("[data-required]"), asks[name] === "required");
      show(block.querySelector("[data-recommended]"), asks[name] === "recommended");
      if (name === "action") block.hidden = asks.action === "none" && !text(`${box.dataset.question}-action`);
      else if (asks[name] === "required") block.open = true;
    }
  };
  const reveal = (ids) => {
    const shown = new Set(ids);
    let more = false;
    for (const one of form.querySelectorAll("[id^=question-]")) {
      const on = shown.has(one.id.slice("question-".length));
      more ||= on && one.hidden;
      one.hidden = !on;
    }
    for (const group of form.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("[id^=question-]:not([hidden])");
    }
    return more;
  };
  const others = (box) => show(part(box, "other"), inputs(box).some((one) => one.checked && "other" in one.dataset) || text(`${box.dataset.question}-other`));

  // Saving: one save at a time for each question, so that versions follow one another.
  const kept = (box, saved) => {
    const id = box.dataset.question;
    field(`${id}-version`).value = saved.mark;
    box.querySelector("[data-conflict]")?.remove();
    const more = reveal(saved.shown);
    say(box, fill(words.saved, { time: clock(saved.saved) }) + (more ? ` ${words.more}` : ""));
    ask(box, saved.asks);
    const progress = document.querySelector("[data-progress]:not(form)");
    if (progress && saved.section) progress.textContent = fill(words.progress, saved.section);
    if (!unsaved.size) warn("");
  };
  const refused = (box, body) => say(box, (body.errors ?? []).map((one) => one.message ?? one).join(" ") || words.failed, true);

  const save = async (box) => {
    const id = box.dataset.question, changes = unsaved.get(id);
    say(box, words.saving);
    let page;
    try {
      page = await fetch(`${words.answers}/${encodeURIComponent(id)}`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token },
        body: JSON.stringify(answer(box)),
      });
    } catch {
      return later(box, words.failed);
    }
    const body = await page.json().catch(() => ({}));
    if (page.ok) {
      if (unsaved.get(id) === changes) unsaved.delete(id);
      return kept(box, body);
    }
    if (page.status === 409 && body.stored) return choose(box, body.stored);
    if (page.status === 403 || page.status === 404 || page.status === 410) return later(box, words.over);
    if (page.status >= 500 || page.status === 429) return later(box, words.failed);
    return refused(box, body);
  };
  const later = (box, sentence) => {
    touched(box);
    say(box, words.failed, true);
    warn(sentence);
    setTimeout(() => { if (unsaved.has(box.dataset.question)) queue(box); }, 5000);
  };
  const touched = (box) => unsaved.set(box.dataset.question, (unsaved.get(box.dataset.question) ?? 0) + 1);
  const queue = (box) => {
    const id = box.dataset.question;
    const next = (lines.get(id) ?? Promise.resolve()).then(() => save(box));
    lines.set(id, next);
    return next;
  };

  // Somebody else was first: both answers side by side, and two buttons.
  const label = (box, value) => {
    const option = inputs(box).find((one) => one.value === value && "checked" in one && one.type !== "text");
    return option ? option.closest("label").textContent.trim() : value;
  };
  const told = (box, value, comment) => {
    const rows = (one) => (typeof one === "string" ? label(box, one) : Object.values(one).filter(Boolean).join(", "));
    const said = [value ?? []].flat().map(rows).filter(Boolean).join("; ") || words.empty;
    return comment ? `${said}\n${comment}` : said;
  };
  const choose = (box, stored) => {
    const id = box.dataset.question, mine = answer(box);
    touched(box);
    box.querySelector("[data-conflict]")?.remove();
    const who = fill(words.theirs, { name: stored.by || words.colleague, time: clock(stored.saved) });
    const side = (title, said, button, act) => {
      const press = make("button", [button], { type: "button", className: "button quiet" });
      press.addEventListener("click", act);
      return make("div", [make("p", [make("strong", [title])]), make("p", [said]), press], { className: "choice" });
    };
    const theirs = side(who, told(box, stored.value, stored.comment), words.keep, () => { put(box, stored); queue(box); });
    const ours = side(words.mine, told(box, mine.value, mine.comment), words.use, () => { field(`${id}-version`).value = stored.mark; queue(box); });
    const block = make("div", [make("p", [make("strong", [words.conflict])]), make("div", [theirs, ours], { className: "columns" })], { className: "conflict" });
    block.dataset.conflict = "";
    block.setAttribute("role", "alert");
    say(box, "");
    box.querySelector("[data-status]").before(block);
  };
  const put = (box, stored) => {
    const id = box.dataset.question, value = stored.value;
    for (const one of inputs(box)) {
      if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value || (Array.isArray(value) && value.includes(one.value));
      else one.value = value ?? "";
    }
    if (box.dataset.kind === "rows") putRows(box, value ?? []);
    const set = (name, said) => { if (field(name)) field(name).value = said ?? ""; };
    set(`${id}-other`, stored.other);
    set(`${id}-comment`, stored.comment);
    set(`${id}-action`, stored.action?.what);
    set(`${id}-action-who`, stored.action?.who);
    set(`${id}-action-due`, stored.action?.due);
    field(`${id}-version`).value = stored.mark;
  };

  // Rows: one more at a press, up to the most that fit.
  const add = (list) => {
    const last = list.lastElementChild, next = last.cloneNode(true), number = list.children.length;
    for (const one of next.querySelectorAll("[id], [for]")) {
      for (const name of ["id", "for", "name"]) {
        const was = one.getAttribute(name);
        if (was) one.setAttribute(name, was.replace(`${list.id}-${number - 1}-`, `${list.id}-${number}-`));
      }
      if ("value" in one) one.value = "";
    }
    for (const one of next.querySelectorAll("[data-number]")) one.textContent = number + 1;
    for (const one of next.querySelectorAll(".field-error")) one.remove();
    list.append(next);
    return next;
  };
  const putRows = (box, rows) => {
    const list = box.querySelector(".rows");
    while (list.children.length < rows.length) add(list);
    [...list.children].forEach((item, place) => {
      for (const cell of item.querySelectorAll("input, select")) {
        cell.value = rows[place]?.[cell.name.slice(list.id.length + 1).replace(/^\d+-/, "")] ?? "";
      }
    });
  };
  for (const list of form.querySelectorAll(".rows")) {
    const more = make("button", [words.row], { type: "button", className: "button quiet" });
    const fits = () => { more.hidden = list.children.length >= Number(list.dataset.most); };
    more.addEventListener("click", () => { add(list).querySelector("input, select").focus(); fits(); });
    list.after(more);
    show(list.parentElement.querySelector("[data-rows]"), false);
    fits();
  }

  // Files: each on its own, with progress; what is refused says why.
  const entry = (file) => {
    const remove = make("button", [words.remove, make("span", [` ${file.name}`], { className: "visually-hidden" })], { className: "link-button", formAction: file.remove });
    remove.dataset.remove = "";
    return make("li", [make("a", [file.name], { href: file.address }), " ", make("span", [file.size], { className: "muted" }), " ", remove]);
  };
  const send = (box, file) => {
    const line = make("li", [`${file.name} `]);
    box.querySelector(".evidence").append(line);
    const failed = (sentence) => { line.className = "field-error"; line.textContent = `${file.name}: ${sentence}`; };
    if (file.size > Number(words.largest)) return failed(words.large);
    const meter = make("progress", [], { className: "meter", max: 1, value: 0 });
    meter.setAttribute("aria-label", file.name);
    line.append(meter);
    const request = new XMLHttpRequest(), data = new FormData();
    data.append("file", file);
    request.open("POST", `${words.answers}/${encodeURIComponent(box.dataset.question)}/evidence`);
    request.setRequestHeader("X-CSRF-Token", token);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) meter.value = event.loaded / event.total; };
    request.onerror = () => failed(words.lost);
    request.onload = () => {
      if (request.status !== 200) return failed((request.response?.errors ?? []).map((one) => one.message ?? one).join(" ") || words.lost);
      line.replaceWith(...request.response.files.map(entry));
      return say(box, fill(words.added, { name: file.name }));
    };
    return request.send(data);
  };
  const take = async (box, button) => {
    const name = button.closest("li").querySelector("a").textContent;
    try {
      const page = await fetch(button.formAction, { method: "POST", headers: { "X-CSRF-Token": token, Accept: "application/json" } });
      if (!page.ok) return refused(box, await page.json().catch(() => ({})));
      button.closest("li").remove();
      return say(box, fill(words.removed, { name }));
    } catch {
      return say(box, words.failed, true);
    }
  };

  const alone = (box, ticked) => {
    for (const one of inputs(box)) {
      if (one !== ticked && ("alone" in one.dataset || "alone" in ticked.dataset)) one.checked = false;
    }
  };

  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-question]"), input = event.target;
    if (!box || input.closest("div[data-conflict]")) return;
    if (input.type === "file") {
      for (const file of input.files) send(box, file);
      input.value = "";
      return;
    }
    if (input.type === "checkbox" && input.checked) alone(box, input);
    others(box);
    touched(box);
    queue(box);
  });
  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-question]");
    if (box && event.target.type !== "file" && !event.target.closest("div[data-conflict]")) touched(box);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-remove]");
    if (!button) return;
    event.preventDefault();
    take(button.closest("[data-question]"), button);
  });
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => { if (unsaved.size && !leaving) event.preventDefault(); });
  for (const box of form.querySelectorAll("[data-part=other]")) others(box.closest("[data-question]"));
})();
