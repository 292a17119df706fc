// Sends files as they are chosen, one after another, each with its progress, and takes them away again.
if (answering) {
  const { $, make, button } = fields, PIECE = 512 * 1024, MOST_TRIES = 6;
  const { form, words, say, ask, token, renew, why, phrase } = answering;
  let last = Promise.resolve(), under_way = 0;

  const entry = (file) => {
    const line = make("li", "", ""), link = make("a", "", file.name), remove = make("button", "link-button", words.remove);
    link.href = file.address;
    remove.formAction = file.remove;
    remove.dataset.remove = "";
    remove.append(make("span", "visually-hidden", ` ${file.name}`));
    line.append(link, " ", make("span", "muted", file.size), " ", remove);
    return line;
  };

  // In pieces, so that a line which breaks loses little. Only the older sort of request tells how much was sent.
  const send = (box, file, id, at, moved) => new Promise((resolve) => {
    const request = new XMLHttpRequest(), question = encodeURIComponent(box.dataset.question);
    request.open("PUT", `${words.answers}/${question}/evidence/${id}?at=${at}&size=${file.size}`);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name.toWellFormed?.() ?? file.name));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => moved(at + event.loaded);
    request.onloadend = () => resolve(request);
    request.send(file.slice(at, at + PIECE));
  });
  // Until some time has passed, the line is back or somebody presses the button; after many tries only these two.
  const rest = (line, tries) => new Promise((resolve) => {
    const press = button(words.again, () => go()), timer = tries < MOST_TRIES && setTimeout(() => go(), 1000 * 2 ** tries);
    const go = () => {
      clearTimeout(timer);
      removeEventListener("online", go);
      press.remove();
      resolve();
    };
    addEventListener("online", go);
    line.append(" ", press);
  });

  const add = async (box, file, line, meter, percent) => {
    const failed = (reason) => {
      line.className = "field-error";
      line.textContent = `${file.name}: ${reason}`;
      say(box, line.textContent, true);
    };
    const moved = (bytes) => {
      meter.value = Math.min(bytes / file.size, 1);
      percent.textContent = phrase(words.sent, { percent: Math.floor(100 * meter.value) });
    };
    if (file.size > Number(words.largest)) return failed(words.large);
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
    let at = 0, tries = 0, request;
    for (;;) {
      request = await send(box, file, id, at, moved);
      const arrived = request.response?.received;
      if (request.status === 200 && request.response?.files) break;
      if ([200, 409].includes(request.status) && arrived !== undefined && arrived !== at) {
        [at, tries] = [arrived, 0];
      } else if ([400, 404, 409, 410, 413, 422].includes(request.status)) {
        return failed(why(request.response, words.lost));
      } else if (request.status !== 403 || !await renew() || tries) {
        tries += 1;
        moved(at);
        const sentence = request.status === 403 ? words.over : tries < MOST_TRIES ? words.waiting : words.stopped;
        say(box, phrase(sentence, { name: file.name, percent: Math.floor(100 * meter.value) }), true);
        await rest(line, tries);
        say(box, words.saving);
      } else {
        tries += 1;
      }
    }
    const added = request.response.files.map(entry), known = added.map((one) => one.firstChild.href);
    for (const link of box.querySelectorAll(".evidence a")) if (known.includes(link.href)) link.closest("li").remove();
    line.replaceWith(...added);
    say(box, phrase(words.added, { name: file.name }));
  };

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    const box = target.closest("[data-question]");
    for (const file of target.files) {
      const line = make("li", "", ""), meter = make("progress", "meter", ""), percent = make("span", "muted", "");
      meter.value = 0;
      meter.setAttribute("aria-label", file.name);
      line.append(make("span", "", file.name), " ", meter, " ", percent);
      $(box, ".evidence").append(line);
      under_way += 1;
      last = last.then(() => add(box, file, line, meter, percent)).finally(() => { under_way -= 1; });
    }
    target.value = "";
  });

  form.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-remove]");
    if (!button) return;
    event.preventDefault();
    const box = button.closest("[data-question]"), line = button.closest("li");
    const page = await ask(button.formAction, "POST").catch(() => ({}));
    if (!page.ok && page.status !== 404) return say(box, page.status === 403 ? words.over : words.failed, true);
    line.remove();
    say(box, phrase(words.removed, { name: line.firstElementChild.textContent }));
    $(box, "[type=file]").focus();
  });

  addEventListener("beforeunload", (event) => { if (under_way) event.preventDefault(); });
}
