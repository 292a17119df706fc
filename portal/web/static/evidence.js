// Sends files as they are chosen, one after another, each with its progress, and takes them away again.
if (answering) {
  const { $, make } = fields;
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

  // Only the older sort of request tells how much has been sent.
  const send = (box, file, meter) => new Promise((resolve) => {
    const request = new XMLHttpRequest(), data = new FormData();
    data.append("file", file);
    request.open("POST", `${words.answers}/${encodeURIComponent(box.dataset.question)}/evidence`);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) meter.value = event.loaded / event.total; };
    request.onloadend = () => resolve(request);
    request.send(data);
  });

  const add = async (box, file, line, meter) => {
    const failed = (reason) => {
      line.className = "field-error";
      line.textContent = `${file.name}: ${reason}`;
      say(box, line.textContent, true);
    };
    if (file.size > Number(words.largest)) return failed(words.large);
    let request = await send(box, file, meter);
    if (request.status === 403 && await renew()) request = await send(box, file, meter);
    if (request.status !== 200) return failed(request.status === 403 ? words.over : why(request.response, words.lost));
    const added = request.response.files.map(entry), known = added.map((one) => one.firstChild.href);
    for (const link of box.querySelectorAll(".evidence a")) if (known.includes(link.href)) link.closest("li").remove();
    line.replaceWith(...added);
    say(box, phrase(words.added, { name: file.name }));
  };

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    const box = target.closest("[data-question]");
    for (const file of target.files) {
      const line = make("li", "", ""), meter = make("progress", "meter", "");
      meter.value = 0;
      meter.setAttribute("aria-label", file.name);
      line.append(make("span", "", file.name), " ", meter);
      $(box, ".evidence").append(line);
      under_way += 1;
      last = last.then(() => add(box, file, line, meter)).finally(() => { under_way -= 1; });
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
