// The builder and the order of steps: what makes them quicker to use. Both work without this file.

// Boxes to tick are folded behind a summary that names the ticked ones.
document.addEventListener("change", (event) => {
  const many = event.target.closest("[data-many]");
  if (!many) return;
  const names = [...many.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
  many.querySelector("[data-many-said]").textContent = names.join(", ") || many.dataset.empty;
});

// The preview follows every change. Two gaps are closed here: what is typed, or put back by the browser, before htmx
// listens to the form; and what is typed while a form with one part more or less is under way.
const answersOf = (form) => [...form.elements].filter((one) => one.name && !["hidden", "submit", "button"].includes(one.type));
const stateOf = (field) => (field.type === "checkbox" ? field.checked : field.value);
const begunWith = (field) => {
  if (field.type === "checkbox") return field.defaultChecked;
  if (field.tagName !== "SELECT") return field.defaultValue;
  return ([...field.options].find((one) => one.defaultSelected) || field.options[0] || field).value;
};
let sent = new Map();
let typedSince = [];
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.target;
  if (form.id === "builder") sent = new Map(answersOf(form).map((field) => [field.id, stateOf(field)]));
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.target;
  if (form.id !== "builder") return;
  const typed = answersOf(form).filter((field) => field.id && stateOf(field) !== sent.get(field.id));
  typedSince = typed.map((field) => [field.id, stateOf(field)]);
});
document.addEventListener("htmx:load", (event) => {
  const form = document.getElementById("builder");
  if (!form || !event.target.contains(form)) return;
  for (const [id, state] of typedSince) {
    const field = document.getElementById(id);
    if (!field) continue;
    if (field.type === "checkbox") field.checked = state;
    else field.value = state;
  }
  typedSince = [];
  for (const field of answersOf(form)) {
    if (stateOf(field) !== begunWith(field)) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});

// Menus and folded boxes close when something else is pressed, and by Escape.
const folded = "details.r-many[open], details.r-menu[open]";
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(folded)) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll(folded)) {
    open.open = false;
    if (open.contains(document.activeElement)) open.querySelector("summary").focus();
  }
});

// Article numbers: look a product up by its name and put its number into the field.
const showSearch = (root) => {
  for (const button of root.querySelectorAll("[data-skus-find]")) button.hidden = false;
};
showSearch(document);
document.addEventListener("htmx:afterSwap", () => showSearch(document));
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-skus-find]");
  if (opener) {
    const box = opener.parentElement.querySelector(".r-skus-box");
    box.hidden = !box.hidden;
    if (!box.hidden) box.querySelector("input").focus();
  }
  const found = event.target.closest("[data-sku]");
  if (found) {
    const skus = found.closest("[data-skus]");
    const field = skus.querySelector("input:not([type=search])");
    const named = field.value.split(",").map((one) => one.trim()).filter(Boolean);
    if (!named.includes(found.dataset.sku)) named.push(found.dataset.sku);
    field.value = named.join(", ");
    skus.querySelector(".r-skus-box").hidden = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
});

// Steps of the price calculation: drag them, or move them with the arrows without a round trip.
const lanes = document.querySelector("[data-lanes]");
if (lanes) {
  const free = () => [...lanes.querySelectorAll("[draggable=true]")];
  let dragged = null;
  lanes.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[draggable=true]");
    if (!dragged) return;
    dragged.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.lane);
  });
  lanes.addEventListener("dragover", (event) => {
    const over = event.target.closest("[draggable=true]");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const half = over.getBoundingClientRect();
    const isBelow = event.clientY > half.top + half.height / 2;
    lanes.insertBefore(dragged, isBelow ? over.nextElementSibling : over);
  });
  lanes.addEventListener("drop", (event) => event.preventDefault());
  lanes.addEventListener("dragend", () => {
    if (dragged) dragged.classList.remove("is-dragged");
    dragged = null;
  });
  lanes.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const lane = button.closest("[data-lane]");
    const all = free();
    const place = all.indexOf(lane);
    if (button.dataset.move === "up" && place > 0) lanes.insertBefore(lane, all[place - 1]);
    if (button.dataset.move === "down" && place < all.length - 1) lanes.insertBefore(all[place + 1], lane);
    button.focus();
  });
}
