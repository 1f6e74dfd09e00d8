// Keyboard, search and small conveniences. Every page works without this file.
const $ = (selector, root = document) => root.querySelector(selector)
const search = $("#search"), help = $("#help")
const typing = (node) => node.closest?.("input, select, textarea, [contenteditable]")

function open(dialog) {
  if (!dialog || dialog.open) return
  document.querySelectorAll("dialog[open]").forEach((other) => other.close())
  dialog.showModal()
}

// Rows are whatever the page marks with data-row; the first link in one is what `enter` opens.
function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent)
  if (!rows.length) return
  const now = rows.findIndex((row) => row.classList.contains("chosen"))
  const next = rows[Math.min(Math.max(now + by, 0), rows.length - 1)]
  rows[now]?.classList.remove("chosen")
  next.classList.add("chosen")
  next.tabIndex = -1
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: "nearest" })
}

let going = 0
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return
  const chosen = $(".chosen")
  if (going && Date.now() - going < 1500) {
    going = 0
    const link = $(`[data-go="${CSS.escape(event.key)}"]`)
    if (link) { event.preventDefault(); location.assign(link.href) }
    return
  }
  const does = {
    "/": () => open(search),
    "?": () => open(help),
    g: () => { going = Date.now() },
    j: () => step(1),
    k: () => step(-1),
    Enter: () => chosen && event.target === chosen && $("a[href]", chosen)?.click(),
    e: () => { const at = chosen && $("details.evidence", chosen); if (at) at.open = !at.open },
  }[event.key]
  if (!does) return
  if (event.key !== "Enter" || (chosen && event.target === chosen)) event.preventDefault()
  does()
})

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]")
  if (opener) { const dialog = document.getElementById(opener.dataset.opens); if (dialog) { event.preventDefault(); open(dialog) } }
  if (event.target.nodeName === "DIALOG") event.target.close()
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close()
  document.querySelectorAll("details.drop[open]").forEach((drop) => { if (!drop.contains(event.target)) drop.open = false })
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  // A search field takes the first escape to clear itself; one is enough to leave.
  const box = $("dialog[open]")
  if (box) { event.preventDefault(); box.close(); return }
  const drop = $("details.drop[open]")
  if (drop) { drop.open = false; $("summary", drop).focus() }
})

// Choosing in the scope line shows the answer at once; the button is for those without script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]")
  if (form) form.requestSubmit()
})

// A drawing that was not ready comes by itself; after some twenty seconds the small line stays in its place.
async function later(place, pause) {
  if (pause > 7000) return
  await new Promise((done) => setTimeout(done, pause))
  const answer = await fetch(place.dataset.later, { headers: { "HX-Request": "true" } }).catch(() => null)
  if (answer?.status !== 200) return later(place, pause * 1.5)
  const part = document.createElement("template")
  part.innerHTML = await answer.text()
  const within = [...part.content.querySelectorAll("[data-later]")]
  place.replaceWith(part.content)
  within.forEach((inner) => later(inner, 300))
}
document.querySelectorAll("[data-later]").forEach((place) => later(place, 300))

// A button beside lines that are meant for a file or a shell; browsers have a clipboard over HTTPS and on localhost only.
if (navigator.clipboard) document.querySelectorAll("pre[data-copy]").forEach((lines) => {
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = lines.dataset.copy
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(lines.textContent)
    button.textContent = lines.dataset.done
  })
  lines.after(button)
})
document.documentElement.classList.add("script")
