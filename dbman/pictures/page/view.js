"use strict";
// What every picture's page does: pan, zoom, search, hover, keys, dark and light, and the panel beside it.
// `picture` tells what is particular: entries to search, how the panel shows one, what lights up with a node.
const view = (() => {
  const $ = (selector) => document.querySelector(selector);
  const main = $("main"), svg = $("main svg"), aside = $("aside"), input = $("#search"), count = $("#count");
  const shapes = [...svg.querySelectorAll("[data-n]")].sort((a, b) => a.dataset.n - b.dataset.n);
  const edges = [...svg.querySelectorAll("[data-f]")].map((shape) => ({ shape, from: +shape.dataset.f, to: +shape.dataset.t }));
  const links = { from: shapes.map(() => []), to: shapes.map(() => []) };
  edges.forEach(({ from, to }) => { links.from[from].push(to); links.to[to].push(from); });
  const state = { x: 0, y: 0, scale: 1, chosen: -1, matches: [], match: -1 };
  let picture;

  // Pan and zoom: the view box moves over a picture that stays as it is.
  const whole = svg.viewBox.baseVal, all = { width: whole.width, height: whole.height };
  const show = () => {
    svg.setAttribute("viewBox", [state.x, state.y, main.clientWidth / state.scale, main.clientHeight / state.scale].join(" "));
    svg.classList.toggle("far", state.scale < 0.45);
    picture.moved?.(state);
  };
  const fit = () => {
    state.scale = Math.min(1.4, Math.max(picture.least, Math.min(main.clientWidth / all.width, main.clientHeight / all.height)));
    state.x = Math.min(0, (all.width - main.clientWidth / state.scale) / 2);
    state.y = Math.min(0, (all.height - main.clientHeight / state.scale) / 2);
    show();
  };
  const zoom = (factor, x = main.clientWidth / 2, y = main.clientHeight / 2) => {
    const scale = Math.min(8, Math.max(0.02, state.scale * factor));
    state.x += x / state.scale - x / scale;
    state.y += y / state.scale - y / scale;
    state.scale = scale;
    show();
  };
  const at = (n) => {
    const { e, f } = shapes[n].transform.baseVal.getItem(0).matrix, box = shapes[n].getBBox();
    return { x: e + box.x + box.width / 2, y: f + box.y + box.height / 2, top: f + box.y };
  };
  const centre = (n) => {
    state.scale = Math.max(state.scale, 0.7);
    const { x, y, top } = at(n), height = main.clientHeight / state.scale;
    state.x = x - main.clientWidth / state.scale / 2;
    state.y = Math.min(y - height / 2, top - 20);
    show();
  };
  main.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = main.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  let held = null;
  main.addEventListener("pointerdown", (event) => { held = { x: event.clientX, y: event.clientY, moved: false }; });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const dx = event.clientX - held.x, dy = event.clientY - held.y;
    if (!held.moved && Math.hypot(dx, dy) < 4) return;
    state.x -= dx / state.scale;
    state.y -= dy / state.scale;
    Object.assign(held, { x: event.clientX, y: event.clientY, moved: true });
    main.classList.add("dragged");
    show();
  });
  window.addEventListener("pointerup", () => {
    setTimeout(() => { held = null; main.classList.remove("dragged"); });
  });
  window.addEventListener("resize", () => show());

  // Hover: what has to do with a node.
  const light = (n) => {
    const lit = picture.related(n, links);
    svg.classList.add("dim");
    shapes.forEach((shape, other) => shape.classList.toggle("lit", lit.has(other)));
    edges.forEach((edge) => edge.shape.classList.toggle("lit", picture.joins(edge, n, lit)));
  };
  const unlight = () => {
    svg.classList.remove("dim");
    svg.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
    if (state.matches.length) search(false);
  };

  // The panel: opened empty for a node, and filled by the picture.
  const make = (tag, text, parent = aside, name = "") => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    parent.append(made);
    return made;
  };
  const facts = (told) => {
    const list = make("dl");
    for (const [name, value] of Object.entries(told)) if (value) { make("dt", name, list); make("dd", value, list); }
  };
  const open = (n, hash) => {
    state.chosen = n;
    shapes.forEach((shape, other) => shape.classList.toggle("chosen", other === n));
    const wasHidden = aside.hidden;
    aside.hidden = false;
    aside.replaceChildren();
    make("button", "×", aside, "close").onclick = close;
    aside.lastChild.title = "Close (Escape)";
    if (hash !== undefined) history.replaceState(null, "", "#" + encodeURIComponent(hash));
    if (wasHidden) show();
  };
  const close = () => {
    const last = state.chosen;
    aside.hidden = true;
    state.chosen = -1;
    svg.querySelectorAll(".chosen").forEach((each) => each.classList.remove("chosen"));
    history.replaceState(null, "", "#");
    show();
    shapes[last]?.focus({ preventScroll: true });
  };

  // Search: each entry is a text, the place of its node, and which one it is there.
  const search = (moves = true) => {
    const wanted = input.value.trim().toLowerCase();
    state.matches = wanted ? picture.entries.filter((entry) => entry.text.toLowerCase().includes(wanted)) : [];
    const found = new Set(state.matches.map((entry) => entry.n));
    svg.classList.toggle("dim", wanted !== "");
    shapes.forEach((shape, n) => { shape.classList.toggle("found", found.has(n)); shape.classList.toggle("lit", found.has(n)); });
    count.textContent = wanted ? `${state.matches.length} of ${picture.entries.length}` : "";
    if (moves) state.match = -1;
  };
  const next = (step) => {
    if (!state.matches.length) return;
    state.match = (state.match + step + state.matches.length) % state.matches.length;
    const { n, index } = state.matches[state.match];
    picture.openEntry(n, index);
    centre(n);
    count.textContent = `${state.match + 1} of ${state.matches.length}`;
  };
  input.addEventListener("input", () => search());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { input.value = ""; search(); input.blur(); }
    event.stopPropagation();
  });

  // Keys: arrows go from node to node, or over the picture while no node has the focus.
  const across = (key) => key === "ArrowLeft" || key === "ArrowRight";
  const sign = (key) => key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const towards = (n, key, aside = 2) => {
    const now = at(n);
    let best, least = Infinity;
    shapes.forEach((_, other) => {
      const there = at(other), dx = there.x - now.x, dy = there.y - now.y;
      const ahead = (across(key) ? dx : dy) * sign(key), beside = Math.abs(across(key) ? dy : dx);
      const far = ahead + aside * beside;
      if (ahead > 1 && (aside < 1 || beside < 2 * ahead) && far < least) { least = far; best = other; }
    });
    return best;
  };
  const keys = {
    "/": () => input.focus(), "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": fit, d: () => turn(),
    n: () => next(1), N: () => next(-1), Escape: () => { if (!aside.hidden) close(); },
  };
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focused = shapes.indexOf(document.activeElement);
    if (event.key.startsWith("Arrow")) {
      if (aside.contains(document.activeElement)) return;
      event.preventDefault();
      if (focused < 0) {
        state[across(event.key) ? "x" : "y"] += sign(event.key) * 120 / state.scale;
        show();
        return;
      }
      const goal = picture.step(focused, event.key, links);
      if (goal !== undefined) shapes[goal].focus({ preventScroll: true });
    } else if (focused >= 0 && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      picture.openNode(focused);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  // Dark and light: as the system has it, until the button is pressed.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const turn = (to) => document.documentElement.classList.toggle("dark", to);
  turn(dark.matches);
  dark.addEventListener("change", () => turn(dark.matches));
  $("#theme").onclick = () => turn();
  $("#in").onclick = () => zoom(1.25);
  $("#out").onclick = () => zoom(0.8);
  $("#fit").onclick = () => fit();

  // Texts that are seldom read are deflated, and unpacked when the first one is asked for.
  let unpacked;
  const packed = () => unpacked ??= (async () => {
    const bytes = Uint8Array.from(atob($("#packed").textContent.trim()), (char) => char.charCodeAt(0));
    const source = new ReadableStream({ start(each) { each.enqueue(bytes); each.close(); } });
    return JSON.parse(await new Response(source.pipeThrough(new DecompressionStream("deflate"))).text());
  })();
  const source = async (pick, otherwise) => {
    const pre = make("pre", "…");
    try {
      pre.textContent = pick(await packed());
    } catch (error) {
      pre.textContent = `This browser cannot unpack the text (${error.message})${otherwise}`;
    }
  };

  const start = (particular) => {
    picture = particular;
    shapes.forEach((shape, n) => {
      shape.tabIndex = 0;
      shape.setAttribute("role", "button");
      shape.addEventListener("click", () => { if (!held?.moved) picture.openNode(n); });
      shape.addEventListener("pointerenter", () => { if (!held) light(n); });
      shape.addEventListener("pointerleave", unlight);
      shape.addEventListener("focus", () => { if (shape.matches(":focus-visible")) { light(n); centre(n); } });
      shape.addEventListener("blur", unlight);
    });
    fit();
    const goTo = () => {
      const wanted = decodeURIComponent(location.hash.slice(1));
      const entry = wanted && picture.entries.find((each) => each.hash === wanted);
      if (entry) { picture.openEntry(entry.n, entry.index); centre(entry.n); }
    };
    window.addEventListener("hashchange", goTo);
    goTo();
  };
  return { $, svg, state, shapes, links, data: JSON.parse($("#nodes").textContent), make, facts, open, source, centre, towards, start };
})();
