// What the pages gain where scripts run: a file may be dropped, a button is heard once, counts move by themselves.
// Every page does all of its work without this file.

const every = (selector, within = document) => [...within.querySelectorAll(selector)];

// --- choosing a file ---------------------------------------------------------

// A text of the page with its facts, each once.
function filled(text, facts) {
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => facts[name]);
}

function tooLarge(form, file) {
  const most = Number(form.dataset.mib);
  return file && most && file.size > most * 1024 * 1024
    ? filled(form.dataset.tooLarge, { name: file.name, mib: Math.ceil(file.size / 1024 / 1024), most })
    : "";
}

function takesDrops(form) {
  const input = form.querySelector("input[type=file]");
  const problem = form.querySelector(".problem");
  const look = () => {
    problem.textContent = tooLarge(form, input.files[0]);
    input.setAttribute("aria-invalid", problem.textContent !== "");
  };
  const over = (event) => {
    event.preventDefault();
    form.classList.add("over");
  };
  form.addEventListener("dragenter", over);
  form.addEventListener("dragover", over);
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length > 1) {
      problem.textContent = form.dataset.oneFile;
    } else if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      look();
      form.querySelector("button").focus();
    }
  });
  input.addEventListener("change", look);
  form.addEventListener("submit", (event) => {
    look();
    if (problem.textContent) event.preventDefault();
  });
  form.querySelector(".droppable").hidden = false;
}

// --- a button is heard once --------------------------------------------------

function heardOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    // Not `disabled`: that would throw the focus away.
    const button = event.submitter ?? form.querySelector("button");
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.busy) {
      button.dataset.said = button.textContent;
      button.textContent = `${button.dataset.busy} …`;
    }
  });
}

// A page that comes back by the Back button can be used again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  every("form[data-sent]").forEach((form) => delete form.dataset.sent);
  every("[aria-disabled]").forEach((button) => {
    button.removeAttribute("aria-disabled");
    if (button.dataset.said) button.textContent = button.dataset.said;
  });
});

// --- waiting for the next page -----------------------------------------------

// Loads the page again once it is another one, so that nobody hears the same page over and over.
async function goOnWhen(isAnother, everyMs, says, silent) {
  for (;;) {
    await new Promise((resume) => setTimeout(resume, everyMs));
    try {
      const answer = await fetch(location.href);
      if (isAnother(await answer.text())) return location.reload();
      says("");
    } catch {
      says(silent);
    }
  }
}

function waits(box) {
  const place = box.querySelector("[data-says]");
  const usual = place.textContent;
  const says = (text) => (place.textContent = text || usual);
  goOnWhen((text) => !text.includes("data-wait="), Number(box.dataset.wait) * 1000, says, box.dataset.silent);
}

// --- a run -------------------------------------------------------------------

const ANNOUNCED_EVERY_MS = 15_000; // a screen reader is told that often, and of each change of state

function follows(run) {
  const card = run.querySelector("[data-card]").content.firstElementChild;
  const lost = run.querySelector("[data-lost]");
  const announce = run.querySelector("[data-announce]");
  let announced = Date.now();

  function show(now) {
    for (const place of every("[data-field]", run)) place.textContent = now[place.dataset.field];
    const bar = run.querySelector("progress");
    bar.max = now.total || 1;
    bar.value = now.done;
    run.querySelector(".counts").replaceChildren(...now.counts.map(shown));
    run.querySelector("[data-sentences]").replaceChildren(...now.sentences.map(listed));
    for (const form of every("[data-link]", run)) {
      const href = now.links[form.dataset.link];
      form.hidden = !href;
      if (href) form.action = href;
    }
    if (run.dataset.state !== now.state || Date.now() - announced > ANNOUNCED_EVERY_MS) {
      announce.textContent = [now.state_says, now.waits_for, now.progress_says, now.time_left].filter(Boolean).join(", ");
      announced = Date.now();
      run.dataset.state = now.state;
    }
  }

  function shown(count) {
    const item = card.cloneNode(true);
    item.className = `tone-${count.tone}`;
    item.dataset.outcome = count.outcome;
    item.querySelector(".number").textContent = count.number;
    item.querySelector(".label").textContent = count.name;
    item.querySelector(".more").textContent = count.explained;
    return item;
  }

  function listed(sentence) {
    const item = document.createElement("li");
    item.textContent = sentence;
    return item;
  }

  const events = new EventSource(run.dataset.events);
  events.onmessage = (event) => {
    const now = JSON.parse(event.data);
    lost.textContent = "";
    if (now.ended) {
      events.close();
      return location.reload();
    }
    show(now);
  };
  events.onerror = () => {
    lost.textContent = lost.dataset.lost;
    // Closed for good by the answer it got: the page itself can tell why.
    if (events.readyState === EventSource.CLOSED) goOnWhen(() => true, 2000, () => {}, "");
  };
}

every("form.drop").forEach(takesDrops);
every("form").forEach(heardOnce);
every("[data-wait]").forEach(waits);
every("[data-events]").forEach(follows);
