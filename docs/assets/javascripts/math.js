// A formula wider than the screen scrolls in its own box, which the keyboard must reach.
const boxes = new ResizeObserver((entries) => {
  for (const { target } of entries)
    target.tabIndex = target.scrollWidth > target.clientWidth ? 0 : -1
})

// Arithmatex leaves \(...\) in a span and \[...\] in a div.
for (const element of document.querySelectorAll(".arithmatex")) {
  const source = element.textContent.trim()
  const displayMode = source.startsWith("\\[")
  katex.render(source.slice(2, -2), element, {
    displayMode,
    throwOnError: false,
    errorColor: "var(--fig-c4)",
  })
  if (displayMode) boxes.observe(element)
}
