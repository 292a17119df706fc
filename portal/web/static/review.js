// Keys for whoever reviews. They work only while the focus is on an answer; without this script every button is there.
"use strict";

const review = document.querySelector("[data-review]");
const cards = [...review.querySelectorAll("[data-card]")];

function cardAt(element) {
  return element.closest("[data-card]");
}

function isTyping(element) {
  return element.matches("textarea, input, select");
}

function show(card) {
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "start" });
}

function go(steps) {
  const place = cards.indexOf(cardAt(document.activeElement));
  const next = cards[place + steps];
  if (next) show(next);
  else if (steps > 0 && place === cards.length - 1) review.querySelector("[data-following]")?.focus();
}

function press(part) {
  cardAt(document.activeElement)?.querySelector(part)?.click();
}

function write(part) {
  cardAt(document.activeElement)?.querySelector(part)?.focus();
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  a: () => press("[data-accept]"),
  b: () => write("[data-note]"),
  n: () => write("[data-staff-note]"),
  "?": () => { const keys = review.querySelector("[data-keys]"); keys.open = !keys.open; },
};

function whileWriting(event) {
  const card = cardAt(event.target);
  if (!card) return;
  if (event.key === "Escape") show(card);
  else if (event.key === "Enter" && event.ctrlKey) {
    const part = event.target.matches("[data-note]") ? "[data-ask]" : "[data-keep]";
    event.target.form.querySelector(event.target.form.matches("[data-mark]") ? part : "button")?.click();
  } else return;
  event.preventDefault();
}

review.addEventListener("keydown", (event) => {
  if (isTyping(event.target)) {
    whileWriting(event);
    return;
  }
  const does = KEYS[event.key];
  if (!does || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  does();
});

const asked = cards.find((card) => `#${card.id}` === location.hash);
const first = asked ?? cards.find((card) => card.dataset.opinion === "open") ?? cards[0];
if (first && !document.getElementById("errors")) show(first);
