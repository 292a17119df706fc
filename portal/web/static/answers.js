"use strict";
// Saves each answer as it is left and says so. Without this script every page works by its Save button.
(() => {
  const form = document.querySelector("form[data-answers]");
  const localTimes = () => document.querySelectorAll("time[datetime]").forEach((time) => {
    time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  });
  localTimes();
  document.getElementById("errors")?.focus();
  if (!form) return;

  const token = document.querySelector("meta[name=csrf-token]").content;
  const base = form.dataset.answers;
  const waiting = new Map(); // question id to the save that is on its way or to come
  const dirty = new Set();

  const part = (box, name) => box.querySelector(`[data-part=${name}]`);
  const field = (name) => form.elements.namedItem(name);
  const text = (name) => field(name)?.value ?? "";
  const say = (box, words, bad) => {
    const status = box.querySelector("[data-status]");
    status.textContent = words;
    status.classList.toggle("field-error", Boolean(bad));
  };

  const rowsOf = (box) => [...box.querySelectorAll("tbody tr")].map((row) => Object.fromEntries(
    [...row.querySelectorAll("input, select")].map((cell) => [cell.name.slice(box.dataset.question.length + 1).replace(/^\d+-/, ""), cell.value])
  )).filter((row) => Object.values(row).some((value) => value.trim()));

  const valueOf = (box) => {
    const id = box.dataset.question;
    const boxes = [...box.querySelectorAll(`[name="${id}"]`)];
    switch (box.dataset.kind) {
      case "choice": return boxes.find((one) => one.checked)?.value ?? null;
      case "choices": return boxes.filter((one) => one.checked).map((one) => one.value);
      case "agreement": return boxes[0].checked ? "agreed" : null;
      case "rows": return rowsOf(box);
      case "files": return undefined;
      default: return boxes[0].value;
    }
  };

  const answerOf = (box) => {
    const id = box.dataset.question;
    const answer = { value: valueOf(box), version: Number(text(`${id}-version`).split(".")[0]) };
    if (field(`${id}-other`)) answer.other = text(`${id}-other`);
    if (field(`${id}-comment`)) answer.comment = text(`${id}-comment`);
    if (field(`${id}-action`)) answer.action = { what: text(`${id}-action`), who: text(`${id}-action-who`), due: text(`${id}-action-due`) };
    return answer;
  };

  const show = (element, on) => { if (element) element.hidden = !on; };
  const needs = (box, asks) => {
    for (const name of ["comment", "evidence", "action"]) {
      const block = part(box, name);
      if (!block) continue;
      show(block.querySelector("[data-required]"), asks[name] === "required");
      show(block.querySelector("[data-recommended]"), asks[name] === "recommended");
      if (name === "action") block.hidden = asks.action === "none" && !text(`${box.dataset.question}-action`);
      else if (asks[name] === "required") block.open = true;
    }
  };

  const acknowledged = (box, saved) => {
    field(`${box.dataset.question}-version`).value = saved.mark;
    const time = new Date(saved.saved).toLocaleTimeString([], { timeStyle: "short" });
    say(box, form.dataset.savedText.replace("{time}", time));
    needs(box, saved.asks);
    const shown = new Set(saved.shown);
    form.querySelectorAll("[id^=question-]").forEach((one) => { one.hidden = !shown.has(one.id.slice(9)); });
    const progress = document.querySelector("[data-progress]");
    if (saved.section) progress.textContent = form.dataset.progressText.replace("{answered}", saved.section.answered).replace("{asked}", saved.section.asked);
  };

  const problem = async (box, page) => {
    const body = await page.json().catch(() => ({ errors: [] }));
    if (page.status === 409 && body.stored) {
      say(box, form.dataset.staleText, true);
      return;
    }
    say(box, body.errors.map((one) => one.message ?? one).join(" ") || form.dataset.failedText, true);
  };

  const save = async (box) => {
    const id = box.dataset.question;
    dirty.delete(id);
    say(box, form.dataset.savingText);
    try {
      const page = await fetch(`${base}/${encodeURIComponent(id)}`, {
        method: "PUT",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": token, Accept: "application/json" },
        body: JSON.stringify(answerOf(box)),
      });
      if (page.ok) acknowledged(box, await page.json());
      else await problem(box, page);
    } catch {
      dirty.add(id);
      say(box, form.dataset.failedText, true);
      setTimeout(() => { if (dirty.has(id)) queue(box); }, 5000);
    }
  };

  // One save at a time for each question, in the order given, so that versions follow one another.
  const queue = (box) => {
    const id = box.dataset.question;
    const next = (waiting.get(id) ?? Promise.resolve()).then(() => save(box));
    waiting.set(id, next);
    return next;
  };

  form.addEventListener("change", (event) => {
    const box = event.target.closest("[data-question]");
    if (!box) return;
    if (event.target.type === "file") { send(box, event.target); return; }
    if (event.target.name?.endsWith("-take")) return;
    if (event.target.type === "checkbox" && event.target.checked) alone(box, event.target);
    queue(box);
  });
  form.addEventListener("input", (event) => {
    const box = event.target.closest("[data-question]");
    if (box && event.target.type !== "file") dirty.add(box.dataset.question);
  });
  const alone = (box, ticked) => box.querySelectorAll("input[type=checkbox]").forEach((one) => {
    if (one !== ticked && ("alone" in one.dataset || "alone" in ticked.dataset)) one.checked = false;
  });

  const entry = (file) => {
    const line = document.createElement("li"), link = document.createElement("a"), size = document.createElement("span"), remove = document.createElement("button");
    link.href = file.address; link.textContent = file.name;
    size.className = "muted"; size.textContent = file.size;
    remove.className = "link-button"; remove.textContent = form.dataset.removeText; remove.formAction = file.remove; remove.dataset.remove = "";
    line.append(link, " ", size, " ", remove);
    return line;
  };

  const send = (box, input) => {
    for (const file of input.files) sendOne(box, file);
    input.value = "";
  };
  const sendOne = (box, file) => {
    const list = box.querySelector(".evidence"), line = document.createElement("li"), meter = document.createElement("progress");
    meter.className = "meter"; meter.max = 1; meter.value = 0; meter.setAttribute("aria-label", file.name);
    line.append(file.name, " ", meter);
    list.append(line);
    const request = new XMLHttpRequest(), data = new FormData();
    data.append("file", file);
    request.open("POST", `${base}/${encodeURIComponent(box.dataset.question)}/evidence`);
    request.setRequestHeader("X-CSRF-Token", token);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) meter.value = event.loaded / event.total; };
    const failed = (words) => { line.className = "field-error"; line.textContent = `${file.name}: ${words}`; };
    request.onerror = () => failed(form.dataset.uploadText);
    request.onload = () => {
      if (request.status === 200) line.replaceWith(...request.response.files.map(entry));
      else failed((request.response?.errors ?? []).map((one) => one.message ?? one).join(" ") || form.dataset.uploadText);
    };
    request.send(data);
  };

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    const page = await fetch(button.formAction, { method: "POST", headers: { "X-CSRF-Token": token, Accept: "application/json" } });
    if (page.ok) button.closest("li").remove();
  });

  addEventListener("beforeunload", (event) => { if (dirty.size && !form.dataset.sent) event.preventDefault(); });
  form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
})();
