// What every driver uses; `drive` runs one and leaves what it told in the document.
const $ = (selector) => document.querySelector(selector);
const until = async (test) => { for (let i = 0; i < 500 && !test(); i++) await new Promise((done) => setTimeout(done, 20)); };
const key = (target, name) => target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
const click = (shape) => shape.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const box = () => $("main svg").getAttribute("viewBox").split(" ").map(Number);
const source = async () => {
  await until(() => $("aside pre") && $("aside pre").textContent !== "…");
  return $("aside pre").textContent;
};
const search = (text) => {
  $("#search").value = text;
  $("#search").dispatchEvent(new Event("input"));
  return $("#count").textContent;
};
const move = (told) => {
  const before = box();
  key(document.body, "+");
  told.zoomed = box()[2] < before[2];
  const place = box();
  $("main").dispatchEvent(new PointerEvent("pointerdown", { clientX: 300, clientY: 300, bubbles: true }));
  window.dispatchEvent(new PointerEvent("pointermove", { clientX: 200, clientY: 300 }));
  window.dispatchEvent(new PointerEvent("pointerup"));
  told.dragged = box()[0] > place[0] && box()[1] === place[1];
  const root = document.documentElement.classList;
  root.remove("dark");
  key(document.body, "d");
  told.dark = [root.contains("dark")];
  $("#theme").click();
  told.dark.push(root.contains("dark"));
};
const drive = async (driver) => {
  const told = {};
  try {
    await driver(told);
  } catch (error) {
    seen.push("driver: " + error.stack);
  }
  const left = document.createElement("script");
  left.type = "text/plain";
  left.id = "told";
  left.textContent = JSON.stringify({ seen, ...told }).replaceAll("</", "<\\/");
  document.body.append(left);
};
