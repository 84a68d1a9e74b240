// The other language shows the same section: both use the same anchors.
const languages = document.querySelectorAll(".md-select__link[hreflang]")

function keepSection() {
  for (const link of languages) link.hash = location.hash
}

keepSection()
addEventListener("hashchange", keepSection)

// Scrolling changes the hash without an event (navigation.tracking), so look again
// before the link is used, with whatever button or key.
for (const link of languages)
  for (const type of ["pointerdown", "focus"]) link.addEventListener(type, keepSection)

// Material takes every rel=alternate for the root of a site, asks for its sitemap.xml
// and sends clicks there without the section. Ours name the same page in the other
// language, or the feed. The space says the same to all who read it as a list of words.
for (const link of document.querySelectorAll("link[rel=alternate]"))
  link.rel = "alternate "
