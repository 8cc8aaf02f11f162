import { Graph, layout } from '@dagrejs/dagre'
import { escaped, FONT, pixels, svgTextWidth } from './svg-text.ts'

/** What a box stands for: it tells its colours. */
export type NodeKind = 'record' | 'reason' | 'decision' | 'cut'

/** A box with lines of text. */
export interface DrawnNode {
  readonly id: string
  readonly kind: NodeKind
  readonly lines: readonly string[]
}

/** A line between two boxes; a cut one is red and broken. */
export interface DrawnEdge {
  readonly from: string
  readonly to: string
  readonly isCut: boolean
}

/** What is drawn. */
export interface DrawnGraph {
  readonly title: string
  readonly notes: readonly string[]
  readonly direction: 'right' | 'down'
  readonly nodes: readonly DrawnNode[]
  readonly edges: readonly DrawnEdge[]
}

const COLOURS: Readonly<Record<NodeKind, { readonly fill: string; readonly stroke: string }>> = {
  record: { fill: '#eef4ff', stroke: '#3b6fd4' },
  reason: { fill: '#fff8e6', stroke: '#c99a2e' },
  decision: { fill: '#e9f7ec', stroke: '#2e8b57' },
  cut: { fill: '#fdecec', stroke: '#c0392b' },
}

const LEGEND: Readonly<Record<NodeKind, string>> = {
  record: 'record',
  reason: 'what joins records',
  decision: 'somebody decided',
  cut: 'what does not count',
}

/** Pixels. */
const [LINE_HEIGHT, PADDING, MARGIN, HEAD_HEIGHT] = [16, 9, 24, 22]
const NOTE_CHARS = 110
const LEGEND_GAP = 190

/** A graph as SVG, the same for the same graph. Every text is escaped. */
export function drawGraph(graph: DrawnGraph): string {
  const { nodes, edges, width, height } = placed(graph)
  const notes = graph.notes.flatMap(wrapped)
  const kinds = [...new Set(graph.nodes.map(node => node.kind))]
  const top = MARGIN + HEAD_HEIGHT + notes.length * LINE_HEIGHT + 2 * LINE_HEIGHT
  const wide = Math.max(
    width,
    kinds.length * LEGEND_GAP,
    ...[graph.title, ...notes].map(text => svgTextWidth(text)),
  )
  const size = { width: Math.ceil(wide + 2 * MARGIN), height: Math.ceil(top + height + MARGIN) }
  const legendAt = MARGIN + HEAD_HEIGHT + notes.length * LINE_HEIGHT + (notes.length > 0 ? 6 : 0)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
      `viewBox="0 0 ${size.width} ${size.height}" font-family="${FONT}" font-size="12">`,
    `<title>${escaped(graph.title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="${MARGIN}" font-size="15" font-weight="bold" fill="#1b1b1b">${escaped(graph.title)}</text>`,
    ...notes.map(
      (note, at) =>
        `<text x="${MARGIN}" y="${MARGIN + HEAD_HEIGHT + at * LINE_HEIGHT}" fill="#444444">${escaped(note)}</text>`,
    ),
    ...kinds.map((kind, at) => legend(kind, MARGIN + at * LEGEND_GAP, legendAt)),
    `<g transform="translate(${MARGIN} ${top})">`,
    ...edges,
    ...nodes,
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

interface Placed {
  readonly nodes: readonly string[]
  readonly edges: readonly string[]
  readonly width: number
  readonly height: number
}

/** Lays the boxes out in layers, and draws them. */
function placed({ nodes, edges, direction }: DrawnGraph): Placed {
  const graph = new Graph()
  graph.setGraph({ rankdir: direction === 'right' ? 'LR' : 'TB', nodesep: 14, ranksep: 40 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, lines } of nodes) {
    const width = Math.max(...lines.map(svgTextWidth)) + 2 * PADDING
    graph.setNode(id, { width, height: lines.length * LINE_HEIGHT + 2 * PADDING - 4 })
  }
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: nodes.map(node => box(node, graph.node(node.id))),
    edges: edges.map(edge => line(edge, graph.edge(edge.from, edge.to).points ?? [])),
  }
}

interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function box({ kind, lines }: DrawnNode, { x, y, width, height }: Place): string {
  const { fill, stroke } = COLOURS[kind]
  const [left, top] = [x - width / 2, y - height / 2]
  const texts = lines.map((text, at) => {
    const weight = at === 0 ? ' font-weight="bold"' : ''
    const base = top + PADDING + 8 + at * LINE_HEIGHT
    return `<text x="${pixels(left + PADDING)}" y="${pixels(base)}"${weight} fill="#1b1b1b">${escaped(text)}</text>`
  })
  const radius = kind === 'record' ? 4 : 12
  return (
    `<rect x="${pixels(left)}" y="${pixels(top)}" width="${pixels(width)}" height="${pixels(height)}" rx="${radius}" ` +
    `fill="${fill}" stroke="${stroke}"${kind === 'cut' ? DASHES : ''}/>${texts.join('')}`
  )
}

const DASHES = ' stroke-dasharray="5 4"'

function line({ isCut }: DrawnEdge, points: readonly { x: number; y: number }[]): string {
  const through = points.map(({ x, y }) => `${pixels(x)},${pixels(y)}`).join(' ')
  const colour = isCut ? COLOURS.cut.stroke : '#8a8f98'
  return `<polyline points="${through}" fill="none" stroke="${colour}" stroke-width="1.4"${isCut ? DASHES : ''}/>`
}

function legend(kind: NodeKind, x: number, y: number): string {
  const { fill, stroke } = COLOURS[kind]
  return (
    `<rect x="${x}" y="${y - 10}" width="14" height="12" rx="3" fill="${fill}" stroke="${stroke}"${kind === 'cut' ? DASHES : ''}/>` +
    `<text x="${x + 20}" y="${y}" fill="#444444">${LEGEND[kind]}</text>`
  )
}

function wrapped(note: string): readonly string[] {
  const lines: string[] = []
  for (const word of note.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < NOTE_CHARS) {
      lines[lines.length - 1] = `${last} ${word}`
    } else lines.push(word)
  }
  return lines
}
