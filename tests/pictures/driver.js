// Uses the page as somebody with a mouse and a keyboard does, and leaves what it saw in the document.
(async () => {
  const $ = (selector) => document.querySelector(selector);
  const told = {};
  const until = async (test) => { for (let i = 0; i < 500 && !test(); i++) await new Promise((done) => setTimeout(done, 20)); };
  const key = (target, name) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const click = (shape) => shape.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const script = async () => {
    await until(() => $("aside pre") && $("aside pre").textContent !== "…");
    return $("aside pre").textContent;
  };
  const box = () => $("main svg").getAttribute("viewBox").split(" ").map(Number);
  try {
    const input = $("#search");
    input.value = "findling";
    input.dispatchEvent(new Event("input"));
    told.found = $("#count").textContent;
    key(input, "Enter");
    told.after = $("#count").textContent;
    told.title = $("aside h2").textContent;
    told.script = await script();
    told.hash = location.hash;
    key(input, "Escape");
    told.cleared = [input.value, $("#count").textContent];

    click($("[data-n] .count").parentNode);
    told.list = document.querySelectorAll("aside li").length;
    document.querySelectorAll("aside li button")[2].click();
    told.third = await script();

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

    const before = box();
    key(document.body, "+");
    told.zoomed = box()[2] < before[2];
    const place = box();
    $("main").dispatchEvent(new PointerEvent("pointerdown", { clientX: 300, clientY: 300, bubbles: true }));
    window.dispatchEvent(new PointerEvent("pointermove", { clientX: 200, clientY: 300 }));
    window.dispatchEvent(new PointerEvent("pointerup"));
    told.dragged = box()[0] > place[0] && box()[1] === place[1];
    told.names = [...document.querySelectorAll(".names text")].every((text) => +text.getAttribute("x") >= box()[0]);

    const root = document.documentElement.classList;
    root.remove("dark");
    key(document.body, "d");
    told.dark = [root.contains("dark")];
    $("#theme").click();
    told.dark.push(root.contains("dark"));
  } catch (error) {
    seen.push("driver: " + error.stack);
  }
  const left = document.createElement("script");
  left.type = "text/plain";
  left.id = "told";
  left.textContent = JSON.stringify({ seen, ...told }).replaceAll("</", "<\\/");
  document.body.append(left);
})();
