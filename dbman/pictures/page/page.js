"use strict";
(() => {
  const $ = (selector) => document.querySelector(selector);
  const main = $("main"), svg = $("main svg"), aside = $("aside"), input = $("#search"), count = $("#count");
  const nodes = JSON.parse($("#nodes").textContent);
  const shapes = [...svg.querySelectorAll("[data-n]")].sort((a, b) => a.dataset.n - b.dataset.n);
  const edges = [...svg.querySelectorAll("[data-f]")].map((shape) => ({ shape, from: +shape.dataset.f, to: +shape.dataset.t }));
  const place = new Map();
  nodes.forEach((node, n) => node.revisions.forEach((each, index) => place.set(each.id, [n, index])));
  const total = nodes.reduce((sum, node) => sum + node.revisions.length, 0);
  let chosen = -1, matches = [], match = -1;

  // The scripts are deflated, and unpacked when the first one is asked for.
  let unpacked;
  const scripts = () => unpacked ??= (async () => {
    const bytes = Uint8Array.from(atob($("#scripts").textContent.trim()), (char) => char.charCodeAt(0));
    const packed = new ReadableStream({ start(source) { source.enqueue(bytes); source.close(); } });
    const stream = packed.pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  })();

  // Pan and zoom: the view box moves over a picture that stays as it is.
  const whole = svg.viewBox.baseVal, all = { width: whole.width, height: whole.height };
  const view = { x: 0, y: 0, scale: 1 };
  // The names of the lanes stay in sight: they are above all else, and go along.
  const names = [...svg.querySelectorAll(".lane text")].map((text) => {
    const group = document.createElementNS(svg.namespaceURI, "g");
    group.setAttribute("class", `${text.parentNode.getAttribute("class")} names`);
    group.append(text);
    svg.append(group);
    return text;
  });
  const show = () => {
    svg.setAttribute("viewBox", [view.x, view.y, main.clientWidth / view.scale, main.clientHeight / view.scale].join(" "));
    names.forEach((text) => text.setAttribute("x", Math.max(16, view.x + 10)));
  };
  const fit = () => {
    view.scale = Math.min(1.4, Math.max(0.35, Math.min(main.clientWidth / all.width, main.clientHeight / all.height)));
    view.x = 0;
    view.y = Math.min(0, (all.height - main.clientHeight / view.scale) / 2);
    show();
  };
  const zoom = (factor, x = main.clientWidth / 2, y = main.clientHeight / 2) => {
    const scale = Math.min(8, Math.max(0.02, view.scale * factor));
    view.x += x / view.scale - x / scale;
    view.y += y / view.scale - y / scale;
    view.scale = scale;
    show();
  };
  const centre = (n) => {
    view.scale = Math.max(view.scale, 0.7);
    const { e, f } = shapes[n].transform.baseVal.getItem(0).matrix;
    view.x = e - main.clientWidth / view.scale / 2;
    view.y = f - main.clientHeight / view.scale / 2;
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
    view.x -= dx / view.scale;
    view.y -= dy / view.scale;
    Object.assign(held, { x: event.clientX, y: event.clientY, moved: true });
    main.classList.add("dragged");
    show();
  });
  window.addEventListener("pointerup", () => {
    setTimeout(() => { held = null; main.classList.remove("dragged"); });
  });
  window.addEventListener("resize", show);

  // Hover: what a node stands on, and what stands on it.
  const links = { from: nodes.map(() => []), to: nodes.map(() => []) };
  edges.forEach(({ from, to }) => { links.from[from].push(to); links.to[to].push(from); });
  const reach = (start, ends) => {
    const seen = new Set([start]), todo = [start];
    while (todo.length) {
      for (const n of ends[todo.pop()]) if (!seen.has(n)) { seen.add(n); todo.push(n); }
    }
    return seen;
  };
  const light = (n) => {
    const lit = new Set([...reach(n, links.from), ...reach(n, links.to)]);
    svg.classList.add("dim");
    shapes.forEach((shape, other) => shape.classList.toggle("lit", lit.has(other)));
    edges.forEach((edge) => edge.shape.classList.toggle("lit", lit.has(edge.from) && lit.has(edge.to)));
  };
  const unlight = () => {
    svg.classList.remove("dim");
    svg.querySelectorAll(".lit").forEach((each) => each.classList.remove("lit"));
    if (matches.length) search(false);
  };

  // The panel: one revision with its script, or the list of a folded run.
  const make = (tag, text, parent, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    parent.append(made);
    return made;
  };
  const open = (n) => {
    chosen = n;
    shapes.forEach((shape, other) => shape.classList.toggle("chosen", other === n));
    const wasHidden = aside.hidden;
    aside.hidden = false;
    aside.replaceChildren();
    make("button", "×", aside, "close").onclick = close;
    aside.lastChild.title = "Close (Escape)";
    if (wasHidden) show();
  };
  const openRun = (n) => {
    open(n);
    const node = nodes[n];
    make("h2", `${node.lane}: ${node.revisions.length} revisions`, aside);
    const list = make("ol", undefined, aside);
    node.revisions.forEach((each, index) => {
      const item = make("li", undefined, list, matches.some(([m, i]) => m === n && i === index) ? "found" : "");
      const button = make("button", undefined, item);
      make("code", each.id, button);
      button.append(" " + each.message);
      button.onclick = () => openRevision(n, index);
    });
  };
  const openRevision = async (n, index) => {
    open(n);
    const node = nodes[n], each = node.revisions[index];
    if (node.revisions.length > 1) make("button", `‹ all ${node.revisions.length}`, aside).onclick = () => openRun(n);
    make("h2", each.message || each.id, aside);
    const told = make("dl", undefined, aside);
    const facts = { extension: node.lane, revision: each.id, state: node.state, is: node.marks.join(", "), label: node.labels.join(", "), created: each.created, path: each.path };
    for (const [name, value] of Object.entries(facts)) if (value) { make("dt", name, told); make("dd", value, told); }
    history.replaceState(null, "", "#" + encodeURIComponent(each.id));
    if (!each.path) return;
    const pre = make("pre", "…", aside);
    try {
      pre.textContent = (await scripts())[n][index];
    } catch (error) {
      pre.textContent = `This browser cannot unpack the script (${error.message}); it is ${each.path}`;
    }
  };
  const openNode = (n) => nodes[n].revisions.length > 1 ? openRun(n) : openRevision(n, 0);
  const close = () => {
    const last = chosen;
    aside.hidden = true;
    chosen = -1;
    svg.querySelectorAll(".chosen").forEach((each) => each.classList.remove("chosen"));
    history.replaceState(null, "", "#");
    show();
    shapes[last]?.focus({ preventScroll: true });
  };

  // Search: ids, messages and extensions, also inside folded runs.
  const search = (moves = true) => {
    const wanted = input.value.trim().toLowerCase();
    matches = [];
    if (wanted) nodes.forEach((node, n) => node.revisions.forEach((each, index) => {
      if (`${each.id} ${each.message} ${node.lane} ${node.labels.join(" ")}`.toLowerCase().includes(wanted)) matches.push([n, index]);
    }));
    const found = new Set(matches.map(([n]) => n));
    svg.classList.toggle("dim", wanted !== "");
    shapes.forEach((shape, n) => { shape.classList.toggle("found", found.has(n)); shape.classList.toggle("lit", found.has(n)); });
    count.textContent = wanted ? `${matches.length} of ${total}` : "";
    if (moves) match = -1;
  };
  const next = (step) => {
    if (!matches.length) return;
    match = (match + step + matches.length) % matches.length;
    const [n, index] = matches[match];
    openRevision(n, index);
    centre(n);
    count.textContent = `${match + 1} of ${matches.length}`;
  };
  input.addEventListener("input", () => search());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") { input.value = ""; search(); input.blur(); }
    event.stopPropagation();
  });

  shapes.forEach((shape, n) => {
    shape.tabIndex = 0;
    shape.setAttribute("role", "button");
    shape.addEventListener("click", () => { if (!held?.moved) openNode(n); });
    shape.addEventListener("pointerenter", () => { if (!held) light(n); });
    shape.addEventListener("pointerleave", unlight);
    shape.addEventListener("focus", () => { if (shape.matches(":focus-visible")) { light(n); centre(n); } });
    shape.addEventListener("blur", unlight);
  });

  // Keys: arrows go along the edges, or over the picture while no node has the focus.
  const step = (n, key) => {
    const near = (key === "ArrowRight" ? links.from : links.to)[n];
    const own = near.filter((each) => nodes[each].lane === nodes[n].lane);
    return own[0] ?? near[0];
  };
  const vertical = (n, key) => {
    const now = shapes[n].transform.baseVal.getItem(0).matrix, sign = key === "ArrowDown" ? 1 : -1;
    let best, least = Infinity;
    shapes.forEach((shape, other) => {
      const at = shape.transform.baseVal.getItem(0).matrix, down = (at.f - now.f) * sign;
      const far = down * 3 + Math.abs(at.e - now.e);
      if (down > 0 && far < least) { least = far; best = other; }
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
      const across = event.key === "ArrowLeft" || event.key === "ArrowRight";
      const goal = focused < 0 ? undefined : across ? step(focused, event.key) : vertical(focused, event.key);
      if (goal !== undefined) shapes[goal].focus({ preventScroll: true });
      else if (focused < 0) {
        const sign = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : -1;
        view[across ? "x" : "y"] += sign * 120 / view.scale;
        show();
      }
    } else if (focused >= 0 && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      openNode(focused);
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
  $("#fit").onclick = fit;

  fit();
  const goTo = () => {
    const there = place.get(decodeURIComponent(location.hash.slice(1)));
    if (there) { openRevision(...there); centre(there[0]); }
  };
  window.addEventListener("hashchange", goTo);
  goTo();
})();
