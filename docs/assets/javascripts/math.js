// A formula wider than the screen scrolls in its own box, which the keyboard must reach.
const boxes = new ResizeObserver((entries) => {
  for (const { target } of entries)
    target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1
})

for (const box of document.querySelectorAll("div.arithmatex")) boxes.observe(box)

// A site built without the engine brings KaTeX along: \(...\) is in a span, \[...\] in a div.
for (const element of document.querySelectorAll(".arithmatex:not(:has(.katex))")) {
  const source = element.textContent.trim()
  katex.render(source.slice(2, -2), element, {
    displayMode: source.startsWith("\\["),
    throwOnError: false,
    errorColor: "var(--fig-c4)",
  })
}
