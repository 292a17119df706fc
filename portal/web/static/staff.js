// Small comforts for staff; every page works without them.
"use strict";

function tickAll(all) {
  const boxes = [...document.getElementsByName(all.dataset.all)];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}

function copyFrom(button) {
  const field = document.getElementById(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "Selected: press Ctrl+C to copy.";
    }
  });
}

function printFrom(place) {
  place.hidden = false;
  place.querySelector("button").addEventListener("click", () => window.print());
}

document.querySelectorAll("[data-all]").forEach(tickAll);
document.querySelectorAll("[data-copy]").forEach(copyFrom);
document.querySelectorAll("[data-print]").forEach(printFrom);
document.getElementById("errors")?.focus();
