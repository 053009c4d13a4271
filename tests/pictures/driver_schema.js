drive(async (told) => {
  const input = $("#search"), lit = (name) => document.querySelectorAll(`.${name}.lit`).length;
  const texts = (selector) => [...document.querySelectorAll(selector)].map((each) => each.textContent);
  told.found = search("ITEM_ID");
  told.lit = lit("n");
  key(input, "Enter");
  told.title = $("aside h2").textContent;
  told.ddl = await source();
  told.hash = location.hash;
  told.neighbours = texts("aside li button");
  key(input, "Escape");

  $("aside li button").click();
  told.jumped = $("aside h2").textContent;
  told.told = texts("aside dd");
  told.around = texts("aside h3, aside li code");
  key(document.body, "Escape");
  told.closed = $("aside").hidden;

  const item = document.querySelectorAll("[data-n]")[1];
  item.dispatchEvent(new PointerEvent("pointerenter"));
  told.hover = [lit("n"), lit("e")];
  item.dispatchEvent(new PointerEvent("pointerleave"));
  told.unlit = lit("n");

  item.focus();
  key(item, "ArrowUp");
  told.above = document.activeElement.dataset.n;
  key(item, "ArrowLeft");
  told.left = document.activeElement.dataset.n;
  key(document.activeElement, "Enter");
  told.entered = $("aside h2").textContent;

  move(told);
  for (let i = 0; i < 20; i++) key(document.body, "-");
  told.far = [$("main svg").classList.contains("far"), getComputedStyle($("[data-n] .type")).display];
  key(document.body, "0");
  told.fit = !$("main svg").classList.contains("far");
});
