drive(async (told) => {
  const input = $("#search");
  told.found = search("findling");
  key(input, "Enter");
  told.after = $("#count").textContent;
  told.title = $("aside h2").textContent;
  told.script = await source();
  told.hash = location.hash;
  key(input, "Escape");
  told.cleared = [input.value, $("#count").textContent];

  click($("[data-n] .count").parentNode);
  told.list = document.querySelectorAll("aside li").length;
  document.querySelectorAll("aside li button")[2].click();
  told.third = await source();

  const first = $("[data-n='0']");
  click(first);
  told.html = $("aside h2").textContent;
  first.focus();
  key(first, "ArrowRight");
  told.next = document.activeElement.dataset.n;
  key(document.activeElement, "Enter");
  key(document.activeElement, "Escape");
  told.closed = $("aside").hidden;

  first.dispatchEvent(new PointerEvent("pointerenter"));
  told.hover = [document.querySelectorAll(".n.lit").length, document.querySelectorAll(".e.lit").length];
  first.dispatchEvent(new PointerEvent("pointerleave"));

  move(told);
  told.names = [...document.querySelectorAll(".names text")].every((text) => +text.getAttribute("x") >= box()[0]);
});
