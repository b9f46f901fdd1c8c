// The builder and the order of steps: what makes them quicker to use. Both work without this file.

// Boxes to tick are folded behind a summary that names the ticked ones.
document.addEventListener("change", (event) => {
  const many = event.target.closest("[data-many]");
  if (!many) return;
  const names = [...many.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
  many.querySelector("[data-many-said]").textContent = names.join(", ") || many.dataset.empty;
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
