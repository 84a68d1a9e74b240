{
  const drawer = document.getElementById("__drawer")
  const navigation = document.querySelector(".md-nav--primary")

  // The theme's switches are labels of hidden boxes, which have neither name nor state for
  // those who listen, and most of which Tab does not reach. The icon in each becomes a button.
  const addButton = (label, icon, name) => {
    const box = document.getElementById(label.htmlFor)
    const tell = () => (icon.ariaExpanded = box.checked)
    icon.role = "button"
    icon.ariaLabel = name
    icon.tabIndex = 0
    icon.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      event.preventDefault() // or the page scrolls
      icon.click()
      // On a narrow screen one level of the navigation now covers the other.
      for (const twin of navigation.querySelectorAll(`label[for="${box.id}"] [role=button]`))
        if (twin !== icon) twin.focus()
    })
    box.addEventListener("change", tell)
    tell()
  }

  const opener = document.querySelector(".md-header label[for=__drawer]")
  const icon = document.createElement("span")
  icon.append(...opener.childNodes)
  opener.append(icon)
  addButton(opener, icon, navigation.ariaLabel)
  for (const label of navigation.querySelectorAll("label[for^=__nav_], label[for=__toc]")) {
    const name = label.textContent.trim() || label.previousElementSibling.textContent.trim()
    addButton(label, label.querySelector(".md-icon"), name)
    label.removeAttribute("tabindex")
  }

  // What opens without a click closes by Escape: the list of languages, the drawer.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return
    if (document.activeElement.closest(".md-select")) document.activeElement.blur()
    if (drawer.checked) drawer.click()
  })

  // Read out when they change: what was copied, how many pages were found.
  for (const element of document.querySelectorAll(".md-dialog__inner, .md-search-result__meta"))
    element.role = "status"

  // A table that does not fit scrolls in its own box, which the keyboard must reach.
  const tables = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0
      else target.removeAttribute("tabindex")
    }
  })

  // Copy buttons and the lists within a list are no landmarks of the page.
  const noLandmark = (element) => {
    for (const name of ["aria-label", "aria-labelledby", "aria-expanded"])
      element.removeAttribute(name)
    element.role = "presentation"
  }
  document.querySelectorAll(".md-nav .md-nav:not(.md-nav--secondary)").forEach(noLandmark)

  // What follows is there when the theme has read the page.
  addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".output-table, .md-typeset__scrollwrap"))
      tables.observe(box)
    document.querySelectorAll(".md-code__nav").forEach(noLandmark)
  })
}
