// @ts-check
/**
 * The stages of a bulk load, told by what its statements are about; the first pattern that fits
 * wins. What JavaScript does belongs to the statement before it (`StatementTrace`).
 */
export const STAGES = /** @type {const} */ ([
  // Phone numbers into the dictionary, normalised match keys into their table.
  ['normalise', /phone_e164|fresh_key|into fuzzy_value|delete from "match_key/u],
  // Reading the keys back, the index, the clusters, and who keeps which id.
  ['match + cluster', /from "match_key|from fuzzy_value|select distinct i\."_p_Id" as pid/u],
  ['profiles', /"unified_ContactPoint|fresh_profile|"unified__|touched_profile/u],
  ['ids + links', /"link__|"unified_id__|identity_event__|fresh_link|fresh_event/u],
  ['commit', /^commit/u],
  // Reading the file, typing and checking it, and taking it in.
  [
    'load',
    /stage|read_csv|party|classed|"dlo_|file_taken|touched|related|stream_|rejected|problem/u,
  ],
])

export const STAGE_NAMES = [...STAGES.map(([name]) => name), 'other'].toSorted(inOrder)

/** @param {string} one @param {string} other */
function inOrder(one, other) {
  const order = [
    'load',
    'normalise',
    'match + cluster',
    'ids + links',
    'profiles',
    'commit',
    'other',
  ]
  return order.indexOf(one) - order.indexOf(other)
}
