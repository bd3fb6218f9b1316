// What pages do beyond links and forms; they work without it.
"use strict";

const root = document.documentElement;

for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("landed-theme", root.dataset.theme);
    } catch {
      // forgotten with the page, then
    }
  });
}

// Long tables on a phone show their first rows, until all are asked for.
for (const button of document.querySelectorAll("[data-unfold]")) {
  const table = button.closest(".table-scroll");
  table.classList.add("folded");
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = table.querySelector(".further");
    table.classList.remove("folded");
    button.hidden = true;
    next.tabIndex = -1;
    next.focus();
  });
}

// One list of the filter bar is open at a time; closing one that was changed applies it.
const picks = [...document.querySelectorAll("[data-pick]")];
const state = (pick) => JSON.stringify([...pick.querySelectorAll("input:not([data-narrow])")]
  .map((input) => (input.type === "checkbox" ? input.checked : input.value)));
for (const pick of picks) {
  const before = state(pick);
  const narrow = pick.querySelector("[data-narrow]");
  pick.addEventListener("toggle", () => {
    if (pick.open) {
      for (const other of picks) if (other !== pick) other.open = false;
      if (narrow) narrow.focus();
    } else if (state(pick) !== before) {
      pick.closest("form").requestSubmit();
    }
  });
  if (narrow) {
    narrow.closest("label").hidden = false;
    narrow.addEventListener("input", () => {
      const wanted = narrow.value.trim().toLowerCase();
      for (const label of pick.querySelectorAll("fieldset label")) {
        label.hidden = !label.textContent.toLowerCase().includes(wanted);
      }
    });
    narrow.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }
}
for (const form of document.querySelectorAll("form.filters")) {
  // an address without empty fields; a chosen day outdoes the period
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
    if (event.formData.has("since") || event.formData.has("until")) event.formData.delete("period");
  });
}
document.addEventListener("click", (event) => {
  for (const pick of picks) if (pick.open && !pick.contains(event.target)) pick.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const pick of picks) {
    if (pick.open) {
      pick.open = false;
      pick.querySelector("summary").focus();
    }
  }
  const menu = document.querySelector("details.menu[open]");
  if (menu) menu.open = false;
});

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const told = button.querySelector("[data-told]");
    told.textContent = "Copied";
    setTimeout(() => { told.textContent = "Copy"; }, 2000);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
