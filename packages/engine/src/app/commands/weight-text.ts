/** Bits with their sign: `+5.3`. */
export function bitsText(bits: number, digits = 1): string {
  return `${bits < 0 ? '−' : '+'}${Math.abs(bits).toFixed(digits)}`
}

/** A share as percent, with the digits that it needs to be told from nothing: `71 %`, `1.8 %`, `0.001 %`. */
export function shareText(share: number): string {
  const percent = 100 * share
  const digits =
    percent >= 10 ? percent.toFixed(0) : percent >= 0.1 ? percent.toFixed(1) : undefined
  return `${digits ?? percent.toPrecision(1)} %`
}
