// A choice that sends its form at once. Without scripts the button beside it does the same.
document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-sends-form]");
  if (choice) {
    choice.form.requestSubmit();
  }
});
