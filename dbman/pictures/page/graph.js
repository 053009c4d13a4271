// The revisions: a node is one of them, or a folded run, which opens as a list.
(() => {
  const { svg, state, data: nodes, make, facts, open, source, towards } = view;
  const reach = (start, ends) => {
    const seen = new Set([start]), todo = [start];
    while (todo.length) {
      for (const n of ends[todo.pop()]) if (!seen.has(n)) { seen.add(n); todo.push(n); }
    }
    return seen;
  };
  // The names of the lanes stay in sight: they are above all else, and go along.
  const names = [...svg.querySelectorAll(".lane text")].map((text) => {
    const group = document.createElementNS(svg.namespaceURI, "g");
    group.setAttribute("class", `${text.parentNode.getAttribute("class")} names`);
    group.append(text);
    svg.append(group);
    return text;
  });

  const openRun = (n) => {
    open(n);
    const node = nodes[n];
    make("h2", `${node.lane}: ${node.revisions.length} revisions`);
    const list = make("ol");
    node.revisions.forEach((each, index) => {
      const isFound = state.matches.some((entry) => entry.n === n && entry.index === index);
      const button = make("button", undefined, make("li", undefined, list, isFound ? "found" : ""));
      make("code", each.id, button);
      button.append(" " + each.message);
      button.onclick = () => openRevision(n, index);
    });
  };
  const openRevision = (n, index) => {
    const node = nodes[n], each = node.revisions[index];
    open(n, each.id);
    if (node.revisions.length > 1) make("button", `‹ all ${node.revisions.length}`).onclick = () => openRun(n);
    make("h2", each.message || each.id);
    facts({ extension: node.lane, revision: each.id, state: node.state, is: node.marks.join(", "), label: node.labels.join(", "), created: each.created, path: each.path });
    if (each.path) source((scripts) => scripts[n][index], `; it is ${each.path}`);
  };

  view.start({
    least: 0.35,
    entries: nodes.flatMap((node, n) => node.revisions.map((each, index) => (
      { n, index, hash: each.id, text: `${each.id} ${each.message} ${node.lane} ${node.labels.join(" ")}` }
    ))),
    moved: ({ x }) => names.forEach((text) => text.setAttribute("x", Math.max(16, x + 10))),
    // What it stands on, and what stands on it.
    related: (n, links) => new Set([...reach(n, links.from), ...reach(n, links.to)]),
    joins: (edge, n, lit) => lit.has(edge.from) && lit.has(edge.to),
    openNode: (n) => nodes[n].revisions.length > 1 ? openRun(n) : openRevision(n, 0),
    openEntry: openRevision,
    // Across, arrows go along the edges; up and down to the nearest one.
    step: (n, key, links) => {
      if (key === "ArrowUp" || key === "ArrowDown") return towards(n, key, 1 / 3);
      const near = (key === "ArrowRight" ? links.from : links.to)[n];
      return near.find((each) => nodes[each].lane === nodes[n].lane) ?? near[0];
    },
  });
})();
