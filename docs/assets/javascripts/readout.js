// Curves tell their values: to the pointer, to a finger, and to the arrow keys.
// The figure says where values stand (data-x, data-y: place, value, place, value).
const texts = {
  en: "Values of the curves: arrow keys left and right along a curve, up and down to the next",
  zh: "曲线上的数值：左右方向键沿曲线移动，上下方向键切换曲线",
}
const REACH = 32 // pixels between the pointer and a curve
const HEADER = 70 // pixels of the window that the header covers, and a gap
const GRAIN = 0.02 // points: how exactly places are known

function scaleOf(text) {
  const [p, u, q, v] = text.split(" ").map(Number)
  const log = text.endsWith("log")
  const slope = (log ? Math.log(v / u) : v - u) / (q - p)
  return (place) => {
    const way = (place - p) * slope
    const value = log ? u * Math.exp(way) : u + way
    return format(value, Math.abs((log ? value : 1) * slope * GRAIN))
  }
}

// As many digits as are known, without zeros at the end, and the minus of the figures.
function format(value, grain) {
  const digits = Math.floor(Math.log10(Math.abs(value) / grain)) + 1
  const text = digits > 0 ? String(+value.toPrecision(Math.min(digits, 6))) : "0"
  return text.replaceAll("-", "−")
}

function curveOf(group, svg) {
  const path = group.querySelector("path")
  const { xName = "x", yName = "y", x, y } = group.closest("[data-x]").dataset
  const clip = svg.querySelector(path.getAttribute("clip-path").slice(4, -1) + " rect")
  const [left, top, width, height] = ["x", "y", "width", "height"].map(
    (name) => +clip.getAttribute(name)
  )
  const lines = path.getAttribute("d").split("M").slice(1).map(pointsOf)
  const seen = ([x, y]) =>
    x > left - 0.5 && x < left + width + 0.5 && y > top - 0.5 && y < top + height + 0.5
  const [xScale, yScale] = [scaleOf(x), scaleOf(y)]
  return {
    lines,
    vertices: lines.flat().filter(seen),
    color: getComputedStyle(path).stroke,
    name: group.dataset.curve,
    read: ([x, y]) => [`${xName} = ${xScale(x)}`, `${yName} = ${yScale(y)}`],
  }
}

function pointsOf(line) {
  const numbers = line.match(/-?[\d.]+(e-?\d+)?/g).map(Number)
  return numbers.flatMap((x, i) => (i % 2 ? [] : [[x, numbers[i + 1]]]))
}

const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v)

function distanceToLine(point, line) {
  return Math.min(...line.map((end, i) => distanceToSegment(point, line[i - 1] ?? end, end)))
}

function distanceToSegment(point, [x, y], [u, v]) {
  const length = (u - x) ** 2 + (v - y) ** 2
  const part = ((point[0] - x) * (u - x) + (point[1] - y) * (v - y)) / (length || 1)
  const t = Math.max(0, Math.min(1, part))
  return distance(point, [x + t * (u - x), y + t * (v - y)])
}

const nearest = (items, far) =>
  items.reduce((best, item, i) => (far(item) < far(items[best]) ? i : best), 0)

function makeReadable(svg) {
  const box = svg.parentElement
  const tip = box.appendChild(document.createElement("div"))
  const dot = document.createElementNS(svg.namespaceURI, "circle")
  let curves, curve, index // of the vertex; the figure is read when it is first needed

  box.classList.add("readable")
  box.tabIndex = 0
  box.setAttribute("role", "application")
  box.setAttribute("aria-label", texts[document.documentElement.lang.slice(0, 2)] ?? texts.en)
  tip.className = "readout"
  tip.setAttribute("role", "status")
  dot.setAttribute("class", "readout-dot")
  dot.setAttribute("r", 4)

  const prepare = () =>
    (curves ??= [...svg.querySelectorAll("[data-curve]")]
      .map((group) => curveOf(group, svg))
      .filter(({ vertices }) => vertices.length))

  function show(at, vertex) {
    curve = at
    index = Math.max(0, Math.min(vertex, curve.vertices.length - 1))
    const [x, y] = curve.vertices[index]
    dot.setAttribute("cx", x)
    dot.setAttribute("cy", y)
    dot.style.fill = curve.color
    svg.append(dot)
    tip.replaceChildren(
      ...[curve.name, ...curve.read([x, y])].filter(Boolean).map((text) => {
        const line = document.createElement("div")
        line.textContent = text
        return line
      })
    )
    tip.style.setProperty("--curve", curve.color)
    place(new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()))
  }

  function place({ x, y }) {
    const { left, top, width } = box.getBoundingClientRect()
    const middle = x - left - tip.offsetWidth / 2
    const above = y - top - tip.offsetHeight - 12
    tip.style.left = `${Math.max(0, Math.min(middle, width - tip.offsetWidth))}px`
    tip.style.top = `${y - tip.offsetHeight < HEADER ? y - top + 12 : above}px`
  }

  function hide() {
    curve = undefined
    dot.remove()
    tip.replaceChildren()
  }

  function point(event) {
    if (!prepare().length) return
    const matrix = svg.getScreenCTM()
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    const far = ({ lines }) => Math.min(...lines.map((line) => distanceToLine([x, y], line)))
    const closest = curves[nearest(curves, far)]
    if (far(closest) * matrix.a > REACH) return hide()
    show(closest, nearest(closest.vertices, (vertex) => distance([x, y], vertex)))
  }

  function press(event) {
    const step = event.shiftKey ? 10 : 1
    const moves = {
      ArrowRight: () => show(curve, index + step),
      ArrowLeft: () => show(curve, index - step),
      Home: () => show(curve, 0),
      End: () => show(curve, Infinity),
      ArrowDown: () => change(1),
      ArrowUp: () => change(-1),
    }
    if (event.key === "Escape" && curve) return hide()
    if (!moves[event.key] || event.ctrlKey || event.altKey || event.metaKey) return
    if (!prepare().length) return
    event.preventDefault()
    if (curve) moves[event.key]()
    else show(curves[0], 0)
  }

  function change(by) {
    const here = curve.vertices[index]
    const other = curves.at((curves.indexOf(curve) + by) % curves.length)
    show(other, nearest(other.vertices, (vertex) => distance(here, vertex)))
  }

  svg.addEventListener("pointermove", point)
  svg.addEventListener("pointerdown", point)
  svg.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && hide())
  addEventListener("pointerdown", ({ target }) => box.contains(target) || hide())
  box.addEventListener("keydown", press)
  box.addEventListener("focus", () => {
    if (box.matches(":focus-visible") && prepare().length) show(curves[0], 0)
  })
  box.addEventListener("blur", hide)
}

for (const svg of document.querySelectorAll("svg"))
  if (svg.querySelector("[data-curve]")) makeReadable(svg)
