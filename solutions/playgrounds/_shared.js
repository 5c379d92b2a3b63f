"use strict";
// Plain functions that several playgrounds need. Each page's own script comes after them.
const $ = (id) => document.getElementById(id);
const clamp = (x, low, high) => Math.min(high, Math.max(low, x));
const copy = (value) => JSON.parse(JSON.stringify(value));

// The notebook's numbers, or the page's own where it was opened as a file and the seed is still a placeholder.
function readSeed(defaults) {
  const text = $("seed").textContent.trim();
  return Object.assign({}, defaults, text.startsWith("{") ? JSON.parse(text) : {});
}

// Numbers from 0 to 1, evenly spread. The same start gives the same numbers (Mulberry32).
function randomFrom(start) {
  let a = start >>> 0;
  return () => {
    a = (a + 0x6D2B79F5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// Numbers as text: a real minus sign, and no minus before a zero.
const minus = (text) => String(text).replace(/-/g, "−");
const number = (x, digits = 2) => (Math.abs(x) < 0.5 * 10 ** -digits ? (0).toFixed(digits) : minus(x.toFixed(digits)));

// A piece of a drawing, as an element or as text. Its colours may be variables of the style: they follow dark mode.
function svgElement(tag, attributes = {}, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
}
const svgText = (tag, attributes, text = "") =>
  "<" + tag + Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`).join("") + ">" + text + "</" + tag + ">";

// A colour of the style as [red, green, blue], for a canvas, which knows no variables.
function rgb(name) {
  const hex = getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}
// From one colour to another; t goes from 0 to 1.
const blend = (from, to, t) => from.map((v, i) => v + (to[i] - v) * t);

// A canvas keeps its colours: draw it again when dark mode begins or ends.
function whenColoursChange(draw) {
  matchMedia("(prefers-color-scheme:dark)").addEventListener("change", draw);
}

// Where the pointer is in a drawing that is `width` units wide and `height` units high.
function pointer(event, drawing, width, height) {
  const box = drawing.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
}

// Tell a screen reader what has changed, once the slider has come to rest.
let announcing = 0;
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => { $("live").textContent = text; }, 400);
}
