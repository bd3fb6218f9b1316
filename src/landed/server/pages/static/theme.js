// The reader's choice of light or dark, before anything is drawn.
"use strict";
try {
  const chosen = localStorage.getItem("landed-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // storage may be forbidden; then the system's choice holds
}
document.documentElement.classList.add("scripted");
