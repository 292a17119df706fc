// Saves each answer as it is left and says so. Without this script every page works by its Save button.
const answering = (() => {
  const zone = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const clock = (when, more) => new Date(when).toLocaleString(document.documentElement.lang, { ...more, ...zone });
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = clock(time.dateTime, { day: "numeric", month: "short", year: "numeric" });
  }
  const errors = document.getElementById("errors"), form = document.querySelector("form[data-answers]");
  const restored = (one) => one.checked !== one.defaultChecked || one.value !== one.defaultValue;
  errors?.focus();

  // What only a button sends: the browser asks before it is left behind. A text that came back refused is unsent too.
  const by_button = "main form:not([data-answers]) :is(input:not([type=hidden]), textarea), [data-apart] textarea";
  const unsent = (one) => (one.matches("textarea") ? one.value.trim() : restored(one));
  let sent;
  addEventListener("submit", (event) => { if (!event.defaultPrevented) sent = event.target; });
  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll(by_button)].some((one) => one.form !== sent && unsent(one))) event.preventDefault();
  });
  if (!form) return null;

  const { $, make, button, named, text, inputs, read, spoken, fill, growing, nameRows, alone, otherwise } = fields;
  const words = form.dataset, meta = $(document, "meta[name=csrf-token]"), bar = $(form, "[data-trouble]");
  const boxes = [...form.querySelectorAll("[data-question]")];
  // Stuck: trying again will not help, somebody must choose or correct first.
  const states = new Map(boxes.map((box) => [box, { edits: 0, kept: 0, stuck: false, lost: null, work: Promise.resolve() }]));
  let going = false, pause = 0, timer, renewal;

  const phrase = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (all, name) => values[name]);
  const say = (box, sentence, bad) => {
    const status = $(box, "[data-status]");
    status.textContent = sentence;
    status.classList.toggle("field-error", Boolean(bad));
  };
  const isDirty = (box) => states.get(box).edits !== states.get(box).kept;
  const unsaved = () => boxes.filter((box) => isDirty(box) && !states.get(box).stuck);
  const token = () => meta.content;

  // A visit that ended is opened again in another tab; this page then needs the token of the new one.
  const renew = () => renewal ??= fetch(location.pathname, { cache: "no-store" })
    .then(async (page) => page.ok && /name="csrf-token" content="([^"]+)"/.exec(await page.text())?.[1])
    .catch(() => false)
    .then((fresh) => {
      renewal = null;
      if (fresh) for (const hidden of document.getElementsByName("csrf_token")) hidden.value = meta.content = fresh;
      return Boolean(fresh);
    });
  const ask = async (address, method, body) => {
    const headers = () => ({ "Content-Type": "application/json", "X-CSRF-Token": token(), Accept: "application/json" });
    // Sent even if the page is closed meanwhile; browsers do that for little text only.
    const go = () => fetch(address, { method, body, headers: headers(), keepalive: (body?.length ?? 0) < 15000 });
    const page = await go();
    return page.status === 403 && await renew() ? go() : page;
  };
  const why = (found, unknown) => (found?.errors ?? []).map((one) => one.message ?? one).join(" ") || unknown;

  // What the answer opens: a comment or action that it needs, further questions, the heading above them.
  const needs = (box, asks) => {
    for (const [name, need] of Object.entries(asks)) {
      const block = $(box, `[data-part=${name}]`);
      if (!block) continue;
      for (const sort of ["required", "recommended"]) {
        const mark = $(block, `[data-${sort}]`);
        if (mark) mark.hidden = need !== sort;
      }
      if (name === "action") block.hidden = need === "none" && !text(box, "-action");
      if (need === "required") block.open = true;
    }
  };
  const reveal = (shown) => {
    const questions = [...form.querySelectorAll("[id^=question-]")];
    const opened = questions.filter((one) => one.hidden && shown.includes(one.id.slice(9)));
    for (const one of questions) one.hidden = !shown.includes(one.id.slice(9));
    for (const group of form.querySelectorAll("[data-group]")) group.hidden = !$(group, "[id^=question-]:not([hidden])");
    return opened.length;
  };
  const acknowledged = (box, saved) => {
    named(box, "-version").value = saved.mark;
    $(box, ".conflict")?.remove();
    const tag = $(box, "[data-changed]");
    if (tag) tag.textContent = tag.dataset.changed;
    needs(box, saved.asks);
    for (const one of boxes) if (saved.rows[one.dataset.question]) nameRows(one, saved.rows[one.dataset.question]);
    const opened = saved.section && reveal(saved.shown);
    for (const one of form.querySelectorAll("[data-remark]")) {
      const said = saved.remarks[one.closest(".question").dataset.question];
      one.hidden = !said;
      one.textContent = said || "";
    }
    say(box, phrase(words.saved, { time: clock(saved.saved) }) + (opened ? ` ${words.more}` : ""));
    if (saved.section) $(document, "span[data-progress]").textContent = phrase(words.progress, saved.section);
  };

  // Somebody else was first: both answers, and a button for each.
  const conflict = (box, stored) => {
    const block = make("div", "conflict", ""), both = make("div", "columns", ""), said = make("p", "", "");
    const choice = (title, answer, caption, take) => {
      const part = make("div", "choice", "");
      part.append(make("strong", "", title), answer, button(caption, () => {
        take();
        named(box, "-version").value = stored.mark;
        states.get(box).stuck = false;
        (inputs(box).find((one) => one.checked) ?? $(box, "input:not([type=hidden]), textarea, select"))?.focus();
        queue(box);
      }));
      both.append(part);
    };
    const mine = () => { said.textContent = spoken(box, read(box)) || words.empty; };
    mine();
    block.addEventListener("focusin", mine);
    const by = { name: stored.by || words.colleague, time: clock(stored.saved) };
    choice(phrase(words.theirs, by), make("p", "", spoken(box, stored) || words.empty), words.keep, () => fill(box, stored));
    choice(words.mine, said, words.use, () => {});
    block.append(make("p", "", words.conflict), both);
    $(box, ".conflict")?.remove();
    $(box, "[data-fields]").prepend(block);
    say(box, words.conflict, true);
  };

  const trouble = (sentence) => {
    if (bar.textContent !== sentence) bar.textContent = sentence;
    bar.hidden = !sentence;
    clearTimeout(timer);
    pause = sentence ? Math.min(pause + 3000, 30000) : 0;
    if (sentence) timer = setTimeout(again, pause);
  };
  const refused = (box, found) => {
    say(box, why(found, words.failed), true);
    for (const { field } of found.errors) {
      const wrong = document.getElementsByName(field)[0];
      wrong?.setAttribute("aria-invalid", "true");
      wrong?.setAttribute("aria-describedby", $(box, "[data-status]").id);
    }
  };

  const attempt = async (box, answer) => {
    const version = Number(text(box, "-version").split(".")[0]);
    try {
      const page = await ask(`${words.answers}/${encodeURIComponent(box.dataset.question)}`, "PUT", JSON.stringify({ ...answer, version }));
      return [page.status, await page.json()];
    } catch {
      return [0];
    }
  };
  const save = async (box) => {
    const state = states.get(box), at = state.edits, answer = read(box);
    if (!isDirty(box) || state.stuck) return;
    say(box, words.saving);
    const [status, found] = await attempt(box, answer);
    if (status === 200) {
      state.kept = at;
      state.lost = null;
      acknowledged(box, found);
      if (!unsaved().length) trouble("");
    } else if (status === 409 && found.stored && state.lost === spoken(box, found.stored)) {
      // It was saved, and only the word of it was lost on the way: the other one was we.
      named(box, "-version").value = found.stored.mark;
      await save(box);
    } else if (status === 409 && found.stored) {
      state.stuck = true;
      conflict(box, found.stored);
    } else if ([409, 413, 422].includes(status)) {
      state.stuck = true;
      refused(box, found);
    } else {
      const sentence = [403, 404, 410].includes(status) ? words.over : words.failed;
      state.lost = spoken(box, answer);
      say(box, sentence, true);
      trouble(sentence);
    }
  };
  // One save at a time for each question, so that versions follow one another.
  const queue = (box) => states.get(box).work = states.get(box).work.then(() => save(box));
  const again = () => unsaved().forEach(queue);
  const touch = (box) => {
    const state = states.get(box);
    state.edits += 1;
    // A conflict stays until it is decided; what was only wrong is tried again.
    state.stuck &&= Boolean($(box, ".choice"));
  };

  // What is asked of the importer is no part of the answer.
  const boxOf = ({ target }) => (target.type === "file" || target.closest("[data-apart]") || target.name?.endsWith("-take") ? null : target.closest("[data-question]"));
  form.addEventListener("input", (event) => {
    const box = boxOf(event);
    if (box) touch(box);
  });
  form.addEventListener("change", (event) => {
    const { target } = event, box = boxOf(event);
    if (!box) return;
    if (target.type === "checkbox" && target.checked) alone(box, target);
    for (const one of box.querySelectorAll(`[id^="${target.name}-error"]`)) one.remove();
    for (const one of box.querySelectorAll(`[name="${target.name}"]`)) one.removeAttribute("aria-invalid");
    otherwise(box);
    queue(box);
  });
  // Enter saves a field instead of leaving a page half answered.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=file])")) return;
    event.preventDefault();
    const box = boxOf(event);
    if (box) queue(box);
  });

  // Leaving waits for what is on its way. Where that fails a form stays, and for a link the browser asks first.
  const leave = async (event, go) => {
    if (going || !boxes.some(isDirty)) return;
    event.preventDefault();
    await Promise.all(unsaved().map(queue));
    // A browser drops a form that is sent again while it still tells of the first sending.
    await new Promise((done) => setTimeout(done));
    if (unsaved().length && event.type === "submit") bar.scrollIntoView({ block: "nearest" });
    else go();
  };
  document.addEventListener("submit", (event) => leave(event, () => {
    going = true;
    event.target.requestSubmit(event.submitter);
  }));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.pathname === location.pathname || link.closest(".evidence")) return;
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) leave(event, () => { location.href = link.href; });
  });
  addEventListener("beforeunload", (event) => { if (!going && boxes.some(isDirty)) event.preventDefault(); });
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);

  // What a page holds unsaved when it opens: refused by the server, or typed before and put back by the browser.
  const typed = "input:not([type=file], [type=hidden], [name$=-take]), textarea:not([data-apart] *)";
  addEventListener("pageshow", () => boxes.forEach((box) => {
    otherwise(box);
    if (errors && "unsaved" in errors.dataset && $(box, "span.field-error, .conflict")) {
      touch(box);
      states.get(box).stuck = true;
    } else if (!isDirty(box) && [...box.querySelectorAll(typed)].some(restored)) {
      touch(box);
      queue(box);
    }
  }));
  boxes.filter((box) => $(box, "[data-rows]")).forEach((box) => growing(box, words.row));

  return { form, words, say, ask, token, renew, why, phrase };
})();
