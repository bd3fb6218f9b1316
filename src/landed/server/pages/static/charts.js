// Draws the charts of a page; where that fails, the picture made by the server stands.
"use strict";

const drawChart = async (chart) => {
  const place = chart.querySelector(".chart-place");
  const target = document.createElement("div");
  try {
    const spec = JSON.parse(chart.querySelector("script[type='application/json']").textContent);
    target.className = "chart-live";
    // its place has a name, and the table below its figures
    target.setAttribute("aria-hidden", "true");
    place.append(target);
    await vegaEmbed(target, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false,
      tooltip: { theme: "custom", disableDefaultStyle: true },
    });
    chart.classList.add("drawn");
  } catch (error) {
    target.remove();
    const spare = place.querySelector("noscript");
    if (spare) place.innerHTML = spare.textContent;
    console.error(error);
  }
};

// The charts in sight first; the rest when there is time, so that they are there for paper.
const charts = [...document.querySelectorAll("[data-chart]")];
const later = window.requestIdleCallback || ((act) => setTimeout(act, 50));
const inSight = (chart) => chart.getBoundingClientRect().top < innerHeight;
for (const chart of charts.filter(inSight)) drawChart(chart);
for (const chart of charts.filter((chart) => !inSight(chart))) later(() => drawChart(chart));
