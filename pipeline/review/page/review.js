"use strict";
(async () => {
  const UNSURE = [0.25, 0.75]; // scores between these are marked, and j and k go from one to the next
  const MOST_LINES = 3000; // of one article; more are shown when asked for
  const NAMED = 4; // near-duplicates of an article that are named at once
  const MOST_DIFFERENCES = 4000; // words that may differ before texts are shown without marks
  const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;
  const $ = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");

  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "class") made.className = value;
      else if (key === "css") for (const [name_, own] of Object.entries(value)) made.style.setProperty(name_, own);
      else if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
      else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  // Characters that would reorder or hide what stands beside them are written out, so that a line reads as what it is.
  function visible(text) {
    if (!CONTROL.test(text)) return [text];
    return Array.from(text.matchAll(/([^]*?)(?:([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}])|$)/gu))
      .flatMap(([, plain, control]) => [
        ...(plain ? [plain] : []),
        ...(control ? [element("span", { class: "code" }, "U+" + control.codePointAt(0).toString(16).toUpperCase().padStart(4, "0"))] : []),
      ]);
  }

  function problem(text) {
    $("problem").textContent = text;
    $("problem").hidden = false;
  }

  async function unpacked(holder) {
    const bytes = Uint8Array.from(atob(holder.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  let head;
  try {
    head = await unpacked($("head"));
  } catch {
    problem("This browser cannot unpack the page's data: use one of 2023 or newer.");
    return;
  }
  const KINDS = head.kinds;
  const kindNamed = new Map(KINDS.map((kind, place) => [kind.name, place]));
  const articles = head.articles.map((values, place) => ({
    ...Object.fromEntries(head.facts.map((name, at) => [name, values[at]])),
    place,
    kinds: new Set(head.kinds_of[place]),
    reasons: new Set(head.reasons_of[place]),
  }));
  const byId = new Map(articles.map((article) => [article.id, article]));
  const holders = document.querySelectorAll(".chunk");
  const unpackedChunks = new Map();

  // What an article's lines are, unpacked fifty articles at a time when one of them is asked for.
  async function content(article) {
    const chunk = Math.floor(article.place / head.together);
    if (!unpackedChunks.has(chunk)) unpackedChunks.set(chunk, unpacked(holders[chunk]));
    return (await unpackedChunks.get(chunk))[article.place % head.together];
  }

  const colour = (kind) => ({ "--colour": `var(--${kind.group === "field" ? "field" : kind.group === "body" ? "body" : kind.name})` });

  // ---- corrections: by article, line and part; every step can be undone ----
  const STORE = `copydesk-review ${head.release} ${head.created}`;
  const edits = new Map();
  const undone = [];
  const editKey = (article, line) => JSON.stringify([article.id, line[0], line[1]]);
  try {
    for (const [key, edit] of JSON.parse(localStorage.getItem(STORE) ?? "[]")) if (byId.has(JSON.parse(key)[0])) edits.set(key, edit);
  } catch {} // a browser may refuse to keep anything for files; corrections then last as long as the page is open

  function keep() {
    try {
      localStorage.setItem(STORE, JSON.stringify([...edits]));
    } catch {}
    $("download").disabled = edits.size === 0;
    $("download").textContent = edits.size ? `Download ${number(edits.size)} correction${edits.size === 1 ? "" : "s"}` : "Download corrections";
  }

  function change(steps) {
    const before = steps.map(([key]) => [key, edits.get(key)]);
    for (const [key, edit] of steps) edit === undefined ? edits.delete(key) : edits.set(key, edit);
    keep();
    return before;
  }

  function correct(place) {
    const chosen = selection();
    if (!chosen.length) return;
    const steps = chosen.map((line) => {
      const key = editKey(current.article, line);
      if (place === null && line[5].startsWith("override")) return [key, edit(line, null)]; // withdrawn
      return [key, place === null || place === line[3] ? undefined : edit(line, KINDS[place].name)];
    });
    undone.push([current.article.id, change(steps)]);
    for (const line of chosen) redraw(line);
    tellLine();
  }

  const edit = (line, kind) => ({
    article: current.article.id, source: current.article.source, line: line[0], part: line[1], text: line[2], kind,
    time: new Date().toISOString().slice(0, 19) + "Z",
  });

  async function undo() {
    const last = undone.pop();
    if (!last) return;
    change(last[1]);
    if (current?.article.id === last[0]) {
      for (const line of current.content.lines) redraw(line);
      tellLine();
    } else await open(byId.get(last[0]));
  }

  $("download").addEventListener("click", () => {
    const rows = [...edits.values()].map((one) => JSON.stringify(one) + "\n");
    const link = element("a", { href: URL.createObjectURL(new Blob(rows, { type: "application/x-ndjson" })), download: "corrections.jsonl" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });

  const kindOf = (article, line) => {
    const edited = edits.get(editKey(article, line));
    return edited === undefined || edited.kind === null ? line[3] : kindNamed.get(edited.kind);
  };

  // ---- the overview ----
  const share = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : "0 %");

  function table(headings, rows) {
    const cells = (values, name) => values.map((value, at) => element(name, { class: headings[at][1] ?? "", scope: name === "th" ? "col" : null }, value instanceof Node ? value : String(value)));
    return element("div", { class: "scroll", tabindex: 0 }, element("table", {},
      element("thead", {}, element("tr", {}, ...cells(headings.map(([name]) => name), "th"))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row, "td"))))));
  }

  const stack = (parts, most) => {
    const total = parts.reduce((sum, [, count]) => sum + count, 0);
    return element("div", { class: "stack", "aria-hidden": "true", css: { "--size": `${most ? (100 * total) / most : 0}%` } },
      ...parts.map(([name, count]) => element("i", { title: `${name}: ${number(count)}`, css: { "--part": String(count), "--colour": `var(--${name})` } })));
  };

  function histogram(groups, colours) {
    const bins = Object.values(groups)[0]?.length ?? 0;
    const most = Math.max(1, ...Array.from({ length: bins }, (_, at) => Object.values(groups).reduce((sum, counts) => sum + counts[at], 0)));
    const label = (at) => `${(at / bins).toFixed(2)} to ${((at + 1) / bins).toFixed(2)}`;
    return [
      element("div", { class: "bins", role: "img", "aria-label": "Histogram; the numbers are in the table below" }, ...Array.from({ length: bins }, (_, at) =>
        element("span", { title: Object.entries(groups).map(([name, counts]) => `${label(at)}: ${name} ${number(counts[at])}`).join("\n") },
          ...Object.entries(groups).map(([name, counts]) => element("i", { css: { "--size": `${(100 * counts[at]) / most}%`, "--colour": colours[name] } }))))),
      element("p", { class: "axis" }, element("span", {}, "0"), element("span", {}, ".5"), element("span", {}, "1")),
      element("ul", { class: "legend" }, ...Object.entries(groups).map(([name, counts]) =>
        element("li", {}, element("i", { css: { "--colour": colours[name] } }), `${name} ${number(counts.reduce((sum, count) => sum + count, 0))}`))),
      element("details", {}, element("summary", {}, "As a table"), table([["from"], ...Object.keys(groups).map((name) => [name, "number"])],
        Array.from({ length: bins }, (_, at) => [label(at), ...Object.values(groups).map((counts) => number(counts[at]))]))),
    ];
  }

  function overview() {
    const all = head.overview;
    const removed = Object.values(all.removed).reduce((sum, count) => sum + count, 0);
    const panel = (title, hint, ...children) => element("section", {}, element("h2", {}, title), ...(hint ? [element("p", { class: "hint" }, hint)] : []), ...children);
    const whole = (made) => (made.classList.add("whole"), made);
    const numbers = [
      ["articles", all.articles], ["canonical", all.canonical], ["words in their text", all.words], ["lines", all.lines],
      ["lines kept as body", all.body_lines], ["lines removed", removed], ["in quarantine", all.quarantined],
    ];
    const kindRows = Object.entries(all.removed).sort((one, other) => other[1] - one[1]);
    const siteRemoved = (site) => Object.values(site.removed).reduce((sum, count) => sum + count, 0);
    const runs = all.runs;
    const runRemoved = (run) => Object.values(run.removed).reduce((sum, count) => sum + count, 0);
    const levels = Object.keys(all.similarities);
    const palette = ["--share", "--related", "--comments", "--newsletter", "--appeal", "--navigation", "--promo", "--embed"];
    const stages = runs.length ? Object.entries(runs[0].timings).sort((one, other) => other[1] - one[1]) : [];
    const drift = Object.entries(all.drift).flatMap(([run, lines]) => lines.map((line) => [run, line]));
    const faults = Object.entries(all.quarantine);
    $("overview").replaceChildren(
      whole(panel("The corpus", head.rule, element("dl", { class: "numbers" }, ...numbers.map(([name, value]) =>
        element("div", {}, element("dt", {}, name), element("dd", {}, number(value))))))),
      panel("Removed, by kind", "Choose a kind to see articles that have such lines.", table([["kind"], ["lines", "number"], ["share", "number"], ["", "bar"]],
        kindRows.map(([name, count]) => [link(name, () => filterBy("kind", name)), number(count), share(count, all.lines), stack([[name, count]], kindRows[0][1])]))),
      panel("Removed, by who decided", "The labeller, a rule, a site's template, a repeat, or a person.", table([["who"], ["lines", "number"], ["share of removed", "number"]],
        Object.entries(all.reasons).map(([name, count]) => [link(name, () => filterBy("reason", name)), number(count), share(count, removed)]))),
      panel("Removed, by site", all.more_sites ? `The largest sites; ${number(all.more_sites)} more are in the corpus.` : "", table([["site", "name"], ["articles", "number"], ["removed", "number"], ["", "bar"]],
        all.sites.map((site) => [link(site.site, () => filterBy("site", site.site)), number(site.articles), share(siteRemoved(site), site.lines),
          stack(Object.entries(site.removed).map(([name, count]) => [name, count / site.lines]), 1)]))),
      panel("Scores", "How likely a line is body text, as the labeller has it; by what became of the line; titles, dates and other fields are left out. In a good corpus the middle is nearly empty.",
        ...histogram(all.scores, { kept: "var(--comments)", removed: "var(--appeal)" })),
      panel("Calibration", "On labelled pages of sites that the labeller had not seen: what a score was worth.", table([["score", "number"], ["lines that were body", "number"], ["", "bar"]],
        all.calibration.map((one) => [one.score.toFixed(2), share(one.body, 1), stack([["share", one.body]], 1)]))),
      levels.length ? panel("Near-duplicates, by similarity", "Verified pairs by exact Jaccard similarity.",
        ...histogram(all.similarities, Object.fromEntries(levels.map((name, at) => [name, `var(${palette[at % palette.length]})`])))) : panel("Near-duplicates", "None were found."),
      ...(all.clusters.length ? [panel("Articles kept as one", all.more_clusters ? `The largest clusters; there are ${number(all.more_clusters)} more.` : "", table([["kept", "name"], ["articles", "number"], ["sites", "number"], ["relation", "name"]],
        all.clusters.map((cluster) => [byId.has(cluster.canonical_id) ? link(cluster.title || cluster.canonical_id, () => open(byId.get(cluster.canonical_id), true)) : cluster.title || cluster.canonical_id,
          number(cluster.size), number(cluster.sites), Object.entries(cluster.relations).map(([name, count]) => `${name} ${number(count)}`).join(", ")])))] : []),
      panel("Runs", "", table([["run", "name"], ["inputs", "number"], ["new", "number"], ["quarantined", "number"], ["removed", "number"], ["", "bar"]],
        runs.map((run) => [run.started.slice(0, 16).replace("T", " "), number(run.inputs), number(run.new), number(run.quarantined), share(runRemoved(run), run.lines),
          stack(Object.entries(run.removed).map(([name, count]) => [name, run.lines ? count / run.lines : 0]), 1)]))),
      ...(stages.length ? [panel("Time, by stage", "Seconds of the newest run.", table([["stage"], ["seconds", "number"], ["", "bar"]],
        stages.map(([name, seconds]) => [name, seconds.toFixed(2), stack([["share", seconds]], stages[0][1])])))] : []),
      ...(drift.length ? [whole(panel("Drift", "Sites whose removed share left its usual range.", table([["run"], ["what", "name"]], drift)))] : []),
      ...(faults.length ? [whole(panel("Quarantine", "Inputs that could not be worked on. Nothing of them is lost.", table([["fault"], ["inputs", "name"]],
        faults.map(([fault, sources]) => [fault, element("span", {}, ...visible(sources.join(", ")))]))))] : []),
    );
  }

  const link = (text, act) => element("button", { type: "button", class: "link", on: { click: act } }, ...visible(text));

  // ---- the list ----
  const CONTROLS = ["site", "language", "kind", "reason", "duplicates", "order"];
  const NONE = "unknown";

  function options() {
    const counted = (values) => {
      const counts = new Map();
      for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
      return [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
    };
    const fill = (id, values) => $(id).replaceChildren(element("option", { value: "" }, "any"),
      ...values.map(([value, count]) => element("option", { value }, `${value} (${number(count)})`)));
    fill("site", counted(articles.map((article) => article.site ?? NONE)));
    fill("language", counted(articles.map((article) => article.language ?? NONE)));
    fill("kind", counted(articles.flatMap((article) => [...article.kinds].map((place) => KINDS[place].name))));
    fill("reason", counted(articles.flatMap((article) => [...article.reasons])));
  }

  function filterBy(id, value) {
    for (const name of CONTROLS) if (name !== "order") $(name).value = "";
    $("find").value = "";
    $(id).value = value;
    view("articles");
    list();
  }

  const ORDERS = {
    certainty: (one, other) => one.place - other.place,
    removed: (one, other) => other.removed_lines / other.lines - one.removed_lines / one.lines || one.place - other.place,
    words: (one, other) => one.words - other.words || one.place - other.place,
    source: (one, other) => (one.source < other.source ? -1 : one.source > other.source ? 1 : one.place - other.place),
  };
  let listed = [];
  let listing = 0;

  async function list() {
    const mine = ++listing;
    const wanted = Object.fromEntries(CONTROLS.map((id) => [id, $(id).value]));
    const words = $("find").value.toLowerCase().trim();
    const touched = new Set([...edits.keys()].map((key) => JSON.parse(key)[0]));
    const fits = (article) =>
      (!wanted.site || (article.site ?? NONE) === wanted.site) &&
      (!wanted.language || (article.language ?? NONE) === wanted.language) &&
      (!wanted.kind || article.kinds.has(kindNamed.get(wanted.kind))) &&
      (!wanted.reason || article.reasons.has(wanted.reason)) &&
      (wanted.duplicates !== "kept" || (article.cluster_size > 1 && article.canonical_id === article.id)) &&
      (wanted.duplicates !== "not" || article.canonical_id !== article.id) &&
      (!$("corrected").checked || touched.has(article.id));
    const inFacts = (article) => [article.title, article.source, article.site, article.id, article.url].some((value) => value?.toLowerCase().includes(words));
    const found = [];
    for (const article of articles) {
      if (!fits(article)) continue;
      if (!words || inFacts(article)) found.push(article);
      else if ($("in-text").checked) {
        const { lines } = await content(article);
        if (mine !== listing) return; // something else was typed meanwhile
        if (lines.some((line) => line[2].toLowerCase().includes(words))) found.push(article);
      }
    }
    listed = found.sort(ORDERS[wanted.order]);
    $("found").textContent = `${number(listed.length)} of ${number(articles.length)} articles` + (head.of > articles.length ? ` (${number(head.of)} in the corpus)` : "");
    $("articles").replaceChildren(...listed.map((article) =>
      element("li", {}, element("button", { type: "button", "data-place": article.place, "aria-current": current?.article === article, on: { click: () => open(article) } },
        element("b", { dir: "auto" }, ...visible(article.title || article.source)),
        element("span", {}, ...visible(`${article.site ?? article.source}${article.language ? " · " + article.language : ""}`)),
        element("span", {}, `certainty ${article.certainty.toFixed(2)} · ${number(article.removed_lines)} of ${number(article.lines)} lines removed` +
          (article.canonical_id !== article.id ? " · duplicate" : article.cluster_size > 1 ? ` · ${number(article.cluster_size)} alike` : ""))))));
  }

  // ---- one article ----
  let current = null;

  async function open(article, moved = false) {
    if (moved) view("articles", false);
    const own = await content(article);
    current = { article, content: own, items: new Map(), at: null, from: null };
    for (const button of document.querySelectorAll('#articles [aria-current="true"]')) button.setAttribute("aria-current", "false");
    const button = document.querySelector(`#articles [data-place="${article.place}"]`);
    button?.setAttribute("aria-current", "true");
    button?.scrollIntoView({ block: "nearest" });
    $("desk").classList.add("reading");
    const facts = [
      article.source, article.url, article.authors.join(", "), article.published, article.language,
      `${number(article.words)} words, ${number(article.removed_lines)} of ${number(article.lines)} lines removed`,
      `certainty ${article.certainty.toFixed(2)}`, article.labeller,
      article.canonical_id !== article.id ? `kept instead: ${byId.get(article.canonical_id)?.source ?? article.canonical_id} (${article.canonical_reason})` : null,
    ].filter(Boolean).join(" · ");
    const lines = element("ol", { class: "lines", role: "listbox", "aria-multiselectable": "true", "aria-label": "Lines of the input" });
    const show = (upto) => {
      lines.append(...own.lines.slice(lines.childElementCount, upto).map(item));
      more.hidden = lines.childElementCount === own.lines.length;
      more.textContent = `Show the remaining ${number(own.lines.length - lines.childElementCount)} lines`;
    };
    const more = element("button", { type: "button", on: { click: () => show(own.lines.length) } });
    const beside = element("div");
    const kept = (similar) => Number(similar.article === article.canonical_id);
    const alike = [...own.similar].sort((one, other) => kept(other) - kept(one)); // what was kept instead comes first
    const besideButton = (similar) => element("button", {
      type: "button", on: { click: () => compare(similar, beside) }, disabled: !byId.has(similar.article),
      title: byId.has(similar.article) ? null : "not among the articles of this page",
    }, ...visible(`Beside ${similar.source} (${similar.relation}, Jaccard ${similar.jaccard.toFixed(2)})`));
    $("article").replaceChildren(
      element("h2", { dir: "auto" }, ...visible(article.title || article.source)),
      element("p", { class: "facts" }, ...visible(facts)),
      element("div", { class: "tools" }, ...alike.slice(0, NAMED).map(besideButton),
        ...(alike.length > NAMED ? [element("details", { class: "more" }, element("summary", {}, `${number(alike.length - NAMED)} more near-duplicates`), ...alike.slice(NAMED).map(besideButton))] : [])),
      beside, lines, more);
    show(MOST_LINES);
    $("main").scrollTop = 0;
    $("bar").hidden = true;
    if (own.lines.length) current.items.get(own.lines[0]).tabIndex = 0;
    history.replaceState(null, "", "#" + article.id);
  }

  function item(line) {
    const made = element("li", { role: "option", "aria-selected": "false", tabindex: -1 });
    current.items.set(line, made);
    made.addEventListener("click", (event) => choose(line, event.shiftKey));
    made.addEventListener("focus", () => { if (current.at !== line) choose(line, false); });
    redraw(line);
    return made;
  }

  function redraw(line) {
    const made = current.items.get(line);
    if (!made) return;
    const place = kindOf(current.article, line);
    const kind = KINDS[place];
    const edited = edits.get(editKey(current.article, line));
    const unsure = isUnsure(line) && edited === undefined;
    made.className = [kind.group, line[7] ? "blank" : "", unsure ? "unsure" : "", edited ? "mine" : ""].join(" ");
    for (const [name, value] of Object.entries(colour(kind))) made.style.setProperty(name, value);
    made.title = facts(line);
    const repeat = current.content.repeats[line[0]];
    made.replaceChildren(
      element("span", { class: "at" }, line[1] ? `${line[0]}.${line[1]}` : String(line[0])),
      element("span", { class: "kind" }, kind.name.replace("_", " ")),
      element("span", { class: "text", dir: "auto" }, ...visible(line[2])),
      ...(repeat && line[1] <= 1 ? [element("span", { class: "also" }, ...visible(`also in ${repeat.source}, Jaccard ${repeat.jaccard.toFixed(2)}: `), ...marked(repeat.text, line[2])[0])] : []));
  }

  function facts(line) {
    const edited = edits.get(editKey(current.article, line));
    const now = edited === undefined ? "" : edited.kind === null ? "withdrawn by you; was " : `${edited.kind} by you; was `;
    return `line ${line[0]}: ${now}${KINDS[line[3]].name}, score ${line[4].toFixed(2)}, ${line[5]}${line[6] ? "; " + line[6] : ""}`;
  }

  function selection() {
    if (!current?.at) return [];
    const { lines } = current.content;
    const ends = [lines.indexOf(current.at), lines.indexOf(current.from ?? current.at)];
    return lines.slice(Math.min(...ends), Math.max(...ends) + 1).filter((line) => KINDS[line[3]] !== undefined);
  }

  function choose(line, extend) {
    if (!current.items.has(line)) return;
    for (const one of selection()) current.items.get(one)?.setAttribute("aria-selected", "false");
    if (current.at) current.items.get(current.at).tabIndex = -1;
    current.from = extend ? current.from ?? current.at ?? line : null;
    current.at = line;
    for (const one of selection()) current.items.get(one)?.setAttribute("aria-selected", "true");
    const made = current.items.get(line);
    made.tabIndex = 0;
    if (document.activeElement !== made) made.focus({ preventScroll: true });
    made.scrollIntoView({ block: "nearest" });
    $("bar").hidden = false;
    tellLine();
  }

  function tellLine() {
    if (!current?.at) return;
    const chosen = selection();
    $("line-facts").replaceChildren(...visible(chosen.length > 1 ? `${chosen.length} lines, ${chosen[0][0]} to ${chosen.at(-1)[0]}` : facts(current.at)));
    for (const button of $("choices").children)
      button.setAttribute("aria-pressed", String(chosen.every((line) => kindOf(current.article, line) === Number(button.dataset.place))));
  }

  // Where a rule, a template, a repeat or a person decided, the labeller's doubt says nothing.
  const isUnsure = (line) => line[4] > UNSURE[0] && line[4] < UNSURE[1] && line[5] === "model";

  function step(by, extend = false, wanted = () => true) {
    if (!current?.content.lines.length) return;
    const { lines } = current.content;
    let at = current.at ? lines.indexOf(current.at) : by > 0 ? -1 : lines.length;
    do at += by; while (lines[at] && !wanted(lines[at]));
    if (lines[at]) choose(lines[at], extend);
  }

  function neighbour(by) {
    const at = listed.indexOf(current?.article);
    const next = listed[at + by];
    if (next) open(next).then(() => step(1));
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (event.key === "Escape" && typing) return event.target.blur();
    if (typing || event.altKey || $("desk").hidden) return;
    if ((event.ctrlKey || event.metaKey) && event.key !== "z") return;
    const inLines = current && (event.target === document.body || $("main").contains(event.target) || $("bar").contains(event.target));
    const commands = {
      u: undo, "]": () => neighbour(1), "[": () => neighbour(-1), f: () => $("find").focus(),
      ...(inLines ? {
        ArrowDown: () => step(1, event.shiftKey), ArrowUp: () => step(-1, event.shiftKey),
        j: () => step(1, false, isUnsure), k: () => step(-1, false, isUnsure),
        Home: () => choose(current.content.lines[0], event.shiftKey), End: () => choose([...current.items.keys()].at(-1), event.shiftKey),
        z: () => correct(null),
      } : {}),
    };
    if (event.ctrlKey || event.metaKey) commands.z = undo;
    const place = inLines ? KINDS.findIndex((kind) => kind.key && kind.key === event.key) : -1;
    const act = commands[event.key] ?? (place >= 0 ? () => correct(place) : null);
    if (!act) return;
    event.preventDefault();
    act();
  });

  // ---- two articles side by side ----
  // Word differences: Myers, An O(ND) Difference Algorithm and Its Variations (1986).
  function difference(left, right) {
    const most = Math.min(left.length + right.length, MOST_DIFFERENCES);
    const furthest = new Map([[1, 0]]);
    const trace = [];
    for (let edits_ = 0; edits_ <= most; edits_++) {
      trace.push(new Map(furthest));
      for (let diagonal = -edits_; diagonal <= edits_; diagonal += 2) {
        const down = diagonal === -edits_ || (diagonal !== edits_ && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));
        let x = down ? furthest.get(diagonal + 1) : furthest.get(diagonal - 1) + 1;
        let y = x - diagonal;
        while (x < left.length && y < right.length && left[x] === right[y]) { x++; y++; }
        furthest.set(diagonal, x);
        if (x >= left.length && y >= right.length) return common(trace, left.length, right.length);
      }
      if (edits_ > 600 && edits_ * edits_ > 4 * (left.length + right.length) * 40) break; // too different to be worth more work
    }
    return null;
  }

  function common(trace, x, y) {
    const equalLeft = new Set();
    const equalRight = new Set();
    for (let edits_ = trace.length - 1; edits_ >= 0; edits_--) {
      const furthest = trace[edits_];
      const diagonal = x - y;
      const down = diagonal === -edits_ || (diagonal !== edits_ && furthest.get(diagonal - 1) < furthest.get(diagonal + 1));
      const before = down ? diagonal + 1 : diagonal - 1;
      const startX = furthest.get(before) ?? 0;
      while (x > (down ? startX : startX + 1) && y > (down ? startX - before + 1 : startX - before) && x > 0 && y > 0) { x--; y--; equalLeft.add(x); equalRight.add(y); }
      if (edits_ > 0) { x = startX; y = startX - before; }
    }
    return [equalLeft, equalRight];
  }

  const tokens = (text) => text.match(/\n|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}]+|[^\S\n]+/gu) ?? [];

  // The two texts as nodes: what stands only in the first in <del>, only in the second in <ins>.
  function marked(one, other) {
    const [left, right] = [tokens(one), tokens(other)];
    const equal = difference(left, right);
    const nodes = (words, own, name) => {
      const made = [];
      for (let at = 0; at < words.length; ) {
        const same = !own || own.has(at);
        let end = at;
        while (end < words.length && (!own || own.has(end)) === same) end++;
        const text = visible(words.slice(at, end).join(""));
        made.push(...(same ? text : [element(name, {}, ...text)]));
        at = end;
      }
      return made;
    };
    return [nodes(left, equal?.[0], "del"), nodes(right, equal?.[1], "ins"), equal !== null];
  }

  async function compare(similar, beside) {
    const other = byId.get(similar.article);
    const body = (article, lines) => lines.filter((line) => KINDS[kindOf(article, line)].group === "body").map((line) => line[2]).join("\n");
    const mine = current;
    const [left, right, told] = marked(body(mine.article, mine.content.lines), body(other, (await content(other)).lines));
    const column = (article, nodes, note) => element("div", {}, element("h3", { dir: "auto" }, ...visible(article.title || article.source)),
      element("p", { class: "facts" }, ...visible(`${article.source} · ${note}`)), element("p", { class: "text", dir: "auto", css: { "white-space": "pre-line" } }, ...nodes));
    beside.replaceChildren(
      element("div", { class: "tools" }, element("button", { type: "button", on: { click: () => beside.replaceChildren() } }, "Close the comparison"),
        element("button", { type: "button", on: { click: () => open(other) } }, "Go to the other")),
      ...(told ? [] : [element("p", { class: "hint" }, "They differ too much for single words to be marked.")]),
      element("div", { class: "pair" }, column(mine.article, left, "this article"), column(other, right, `containment ${similar.containment.toFixed(2)}`)));
  }

  // ---- the two views ----
  function view(name, toList = true) {
    $("overview").hidden = name !== "overview";
    $("desk").hidden = name !== "articles";
    $("to-overview").setAttribute("aria-pressed", String(name === "overview"));
    $("to-articles").setAttribute("aria-pressed", String(name === "articles"));
    if (toList) $("desk").classList.remove("reading");
    document.documentElement.style.setProperty("--top", document.querySelector("header").offsetHeight + "px");
  }

  $("choices").append(...KINDS.map((kind, place) => [kind, place]).filter(([kind]) => kind.key).map(([kind, place]) =>
    element("button", { type: "button", "data-place": place, "aria-pressed": "false", css: colour(kind), on: { click: () => correct(place) } }, kind.name.replace("_", " ") + " ", element("kbd", {}, kind.key))),
    element("button", { type: "button", on: { click: () => correct(null) } }, "as it was ", element("kbd", {}, "z")));
  $("about").textContent = `Release ${number(head.release)} of ${head.created.slice(0, 16).replace("T", " ")} UTC`;
  $("to-overview").addEventListener("click", () => view("overview"));
  $("to-articles").addEventListener("click", () => view("articles"));
  $("back").addEventListener("click", () => $("desk").classList.remove("reading"));
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("input", () => list());
  addEventListener("resize", () => view($("desk").hidden ? "overview" : "articles", false));
  options();
  keep();
  overview();
  view("overview");
  await list();
  const asked = byId.get(location.hash.slice(1));
  if (asked) await open(asked, true);
})();
