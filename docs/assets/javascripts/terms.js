// A term of the glossary tells what it means: on hover, on focus, and on the first tap.
// The second tap, a click and the Enter key follow its link.
const more = { en: "Glossary", zh: "术语表" }
const GAP = 6 // pixels between a term and its note

const note = document.createElement("div")
note.className = "md-typeset term-note"
note.setAttribute("aria-hidden", "true") // screen readers have it as the term's description
note.hidden = true
document.body.append(note)
let current, timer

function show(term) {
  clearTimeout(timer)
  if (current === term) return
  current = term
  const text = document.getElementById(term.getAttribute("aria-describedby")).cloneNode(true)
  text.removeAttribute("id")
  const link = document.createElement("a")
  link.href = term.href
  link.tabIndex = -1
  link.textContent = more[document.documentElement.lang.slice(0, 2)] ?? more.en
  note.replaceChildren(text, link)
  note.hidden = false
  place(term.getClientRects()[0])
}

// Below the term's first line; above it if the window ends there.
function place({ left, top, bottom }) {
  const width = document.documentElement.clientWidth
  const x = Math.max(8, Math.min(left, width - note.offsetWidth - 8))
  const below = bottom + GAP + note.offsetHeight <= innerHeight
  const y = below ? bottom + GAP : top - GAP - note.offsetHeight
  note.style.left = `${x + scrollX}px`
  note.style.top = `${y + scrollY}px`
}

function hide() {
  clearTimeout(timer)
  current = undefined
  note.hidden = true
}

// The pointer has time to cross the gap, and to pass over a term without effect.
function soon(what, delay) {
  clearTimeout(timer)
  timer = setTimeout(what, delay)
}

for (const term of document.querySelectorAll("a.term")) {
  let tapped = false
  term.addEventListener("pointerenter", ({ pointerType }) => {
    if (pointerType === "mouse") soon(() => show(term), 120)
  })
  term.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") soon(hide, 250)
  })
  term.addEventListener("pointerdown", ({ pointerType }) => {
    tapped = pointerType === "touch" && current !== term
  })
  term.addEventListener("click", (event) => {
    if (tapped) {
      event.preventDefault()
      show(term)
    }
    tapped = false
  })
  term.addEventListener("focus", () => term.matches(":focus-visible") && show(term))
  term.addEventListener("blur", () => soon(hide, 150)) // a click on the note comes first
}

note.addEventListener("pointerenter", () => clearTimeout(timer))
note.addEventListener("pointerleave", ({ pointerType }) => {
  if (pointerType === "mouse") soon(hide, 250)
})
addEventListener("pointerdown", ({ target }) => {
  if (current && !note.contains(target) && target !== current) hide()
})
addEventListener("keydown", ({ key }) => key === "Escape" && hide())
addEventListener("resize", hide)
