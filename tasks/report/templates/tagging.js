"use strict";
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const errors = page.kind === "errors";
  const store = `matchset-${page.kind}-${page.sheet}`;
  const keysOf = "1234567890abcdefghijklmnopqrstuvwxyz";
  let state = { reviewer: "", tags: [...page.choices], rows: {} };
  let place = 0;

  const entry = (id) => (state.rows[id] ??= { tags: [], label: null, note: "", done: false });
  const row = () => page.rows[place];
  const make = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  function keys() {
    const names = state.tags;
    const own = names.map((name) => name.toLowerCase());
    const single = !errors && own.every((name) => /^[0-9a-z]$/.test(name)) && new Set(own).size === own.length;
    return names.map((_, number) => (single ? own[number] : keysOf[number] ?? ""));
  }

  function remember() {
    try { localStorage.setItem(store, JSON.stringify(state)); } catch { /* a browser may keep nothing for files */ }
  }

  function restore(text) {
    const kept = JSON.parse(text);
    const rows = {};
    for (const known of page.rows) {
      const given = (kept.rows || {})[known.id];
      if (!given) continue;
      rows[known.id] = {
        tags: Array.isArray(given.tags) ? given.tags.map(String) : [],
        label: typeof given.label === "string" ? given.label : null,
        note: String(given.note ?? ""),
        done: Boolean(given.done),
      };
    }
    const tags = errors && Array.isArray(kept.tags) ? kept.tags.map(String) : [];
    state = { reviewer: String(kept.reviewer ?? ""), tags: [...new Set([...page.choices, ...tags])], rows };
  }

  function fact(list, name, value) { list.append(make("dt", name), make("dd", value)); }

  function show() {
    const shown = row();
    const given = entry(shown.id);
    const stage = at("stage");
    stage.replaceChildren();
    if (shown.picture) {
      const frame = make("div", undefined, shown.sound ? "picture sound" : "picture");
      const image = make("img", undefined, shown.smooth ? "smooth" : "");
      image.alt = shown.id;
      image.src = shown.picture;
      frame.append(image);
      stage.append(frame);
    }
    if (shown.sound) {
      const sound = make("audio");
      sound.controls = true;
      sound.src = shown.sound;
      stage.append(sound);
    }
    if (shown.cells.length) {
      const table = make("table");
      for (const [name, value] of shown.cells) {
        const line = table.insertRow();
        line.append(make("th", name), make("td", value));
      }
      stage.append(table);
    }
    if (shown.given) stage.append(make("p", `labelled ${shown.given}`, "given"));
    const facts = make("dl");
    for (const [name, value] of shown.facts) fact(facts, name, value);
    fact(facts, "record", shown.id);
    stage.append(facts);
    at("asked").textContent = `${place + 1} of ${page.rows.length}`;
    at("note").value = given.note;
    const list = at("choices");
    const signs = keys();
    list.replaceChildren(...state.tags.map((name, number) => choice(name, signs[number], given)));
    if (!errors) list.append(choice(page.unsure, "?", given));
    const strip = at("strip");
    strip.replaceChildren(...page.rows.map((other, number) => {
      const mark = make("li");
      if (entry(other.id).done) mark.classList.add("done");
      if (number === place) mark.classList.add("here");
      return mark;
    }));
    at("done").textContent = String(page.rows.filter((other) => entry(other.id).done).length);
  }

  function choice(name, sign, given) {
    const line = make("li", undefined, given.tags.includes(name) || given.label === name ? "on" : "");
    line.append(make("kbd", sign || "+"), make("span", name));
    line.addEventListener("click", () => choose(name));
    return line;
  }

  function choose(name) {
    const given = entry(row().id);
    if (errors) {
      given.tags = given.tags.includes(name) ? given.tags.filter((other) => other !== name) : [...given.tags, name];
      given.done = true;
    } else {
      given.label = name;
      given.done = true;
      place = Math.min(place + 1, page.rows.length - 1);
    }
    remember();
    show();
  }

  function go(step) {
    place = Math.max(0, Math.min(page.rows.length - 1, place + step));
    show();
  }

  function enter() {
    const given = entry(row().id);
    if (errors) given.done = true;
    if (page.kind === "labels") { given.label = row().given; given.done = true; }
    remember();
    go(1);
  }

  function save() {
    if (!state.reviewer.trim()) {
      at("told").textContent = "Write your name first, then save again.";
      at("reviewer").focus();
      return;
    }
    const rows = page.rows.map((known) => ({ record_id: known.id, ...entry(known.id) }));
    const told = { matchset: page.kind, sheet: page.sheet, version: page.version, reviewer: state.reviewer.trim() };
    const blob = new Blob([JSON.stringify({ ...told, tags: errors ? state.tags : [], rows }, null, 1)], { type: "application/json" });
    const link = make("a");
    const safe = state.reviewer.trim().replace(/[^\w-]+/g, "-");
    link.download = `matchset-${page.kind}-${page.sheet}-${safe}.json`;
    link.href = URL.createObjectURL(blob);
    link.click();
    at("told").textContent = `Saved ${link.download}`;
  }

  function free(text) {
    const name = text.trim().replace(/\s+/g, " ");
    if (!name) return;
    if (!state.tags.includes(name)) {
      if (!errors) { at("told").textContent = "That is none of the labels."; return; }
      state.tags.push(name);
    }
    if (!(errors && entry(row().id).tags.includes(name))) choose(name);
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); return; }
    const field = event.target.closest("input, textarea");
    if (field) {
      if (event.key === "Escape") field.blur();
      if (event.key === "Enter" && field.tagName === "INPUT") {
        event.preventDefault();
        if (field.id === "free") { free(field.value); field.value = ""; }
        field.blur();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("button, audio")) return;
    const number = keys().indexOf(event.key.toLowerCase());
    const acts = {
      ArrowRight: () => go(1),
      ArrowLeft: () => go(-1),
      Enter: enter,
      " ": () => { const sound = document.querySelector("#stage audio"); if (sound) sound.play(); },
      "+": () => at("free").focus(),
      "/": () => at("note").focus(),
      "?": () => { if (!errors) choose(page.unsure); },
    };
    if (number >= 0) { event.preventDefault(); choose(state.tags[number]); }
    else if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
  at("note").addEventListener("input", () => { entry(row().id).note = at("note").value; remember(); });
  at("reviewer").addEventListener("input", () => { state.reviewer = at("reviewer").value; remember(); });
  at("save").addEventListener("click", save);
  at("load").addEventListener("change", async () => {
    try {
      const given = JSON.parse(await at("load").files[0].text());
      if (given.sheet !== page.sheet) throw new Error("it is of another sheet");
      const rows = Object.fromEntries((given.rows || []).map((one) => [one.record_id, one]));
      restore(JSON.stringify({ ...given, rows }));
      at("reviewer").value = state.reviewer;
      remember();
      show();
      at("told").textContent = "Loaded.";
    } catch (error) { at("told").textContent = `That file cannot be loaded: ${error.message}`; }
  });

  try { const kept = localStorage.getItem(store); if (kept) restore(kept); } catch { /* begin anew */ }
  at("reviewer").value = state.reviewer;
  at("freely").hidden = !errors && state.tags.length <= keysOf.length;
  if (!errors) at("names").replaceChildren(...state.tags.map((name) => { const one = make("option"); one.value = name; return one; }));
  if (page.rows.length) show();
  if (!state.reviewer) at("reviewer").focus();
})();
