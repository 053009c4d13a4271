// The tables: a click shows the statements of one, and the tables that it refers to.
(() => {
  const { data: tables, links, make, facts, open, source, centre, towards } = view;
  const neighbours = (title, places) => {
    const others = [...new Set(places)];
    if (!others.length) return;
    make("h3", title);
    const list = make("ol");
    others.forEach((n) => {
      const button = make("button", undefined, make("li", undefined, list));
      make("code", tables[n].name, button);
      button.append(" " + tables[n].group);
      button.onclick = () => { openTable(n); centre(n); };
    });
  };
  const openTable = (n) => {
    const table = tables[n];
    open(n, table.name);
    make("h2", table.name);
    facts({ extension: table.group, is: table.kind === "table" ? "" : table.kind, was: table.mark });
    table.differences.forEach((each) => make("p", each, undefined, "difference"));
    source((texts) => texts[n], "");
    neighbours("refers to", links.from[n]);
    neighbours("is referred to by", links.to[n]);
  };
  view.start({
    least: 0.12,
    entries: tables.map((table, n) => ({ n, index: 0, hash: table.name, text: `${table.name} ${table.group} ${table.columns}` })),
    // The tables beside it.
    related: (n) => new Set([n, ...links.from[n], ...links.to[n]]),
    joins: (edge, n) => edge.from === n || edge.to === n,
    openNode: openTable,
    openEntry: openTable,
    step: (n, key) => towards(n, key),
  });
})();
