/** What joins the records of a profile, from `explain`: a path of records, each step with its proof. */
export const evidenceScript = `
/** A profile of one record has nothing to explain; a failed explanation must not hide the profile. */
async function evidenceOf(told, links, signal) {
  if (links.length < 2)
    return section('Evidence', null, empty('One source record: nothing was merged.'))
  try {
    const explained = await ask('/page/explain?a=' + encodeURIComponent(told.unifiedId), signal)
    const path = list(explained.path)
    if (path.length === 0)
      return section(
        'Evidence',
        null,
        empty(explained.reason || 'No evidence is kept for this profile.'),
      )
    return section(
      'Evidence',
      path.length +
        (path.length === 1 ? ' link joins ' : ' links join ') +
        links.length +
        ' records',
      el('ol', {}, path.map(stepOf)),
    )
  } catch (problem) {
    if (signal.aborted) throw problem
    return section('Evidence', null, empty('The evidence could not be read: ' + problem.message))
  }
}

/** A criterion whose two sides are spelled alike is shown once. */
function stepOf(step) {
  return el(
    'li',
    { class: 'step' },
    el(
      'div',
      { class: 'hop' },
      recordLink(step.from),
      el(
        'span',
        { class: 'onward' },
        el('span', { class: 'wire' }, el('span', { class: 'tag', 'data-tone': 'good' }, step.rule)),
        recordLink(step.to),
      ),
    ),
    el(
      'dl',
      { class: 'proof' },
      list(step.criteria).map(criterion => [
        el('dt', { title: criterion.field }, String(criterion.field).split('.').pop()),
        el(
          'dd',
          {},
          el('span', { class: 'side' }, plain(criterion.left)),
          criterion.left === criterion.right
            ? null
            : [
                el('span', { class: 'same', title: 'matches' }, '≈'),
                el('span', { class: 'side' }, plain(criterion.right)),
              ],
          el(
            'span',
            { class: 'how' },
            String(criterion.method || '')
              .replaceAll('_', ' ')
              .toLowerCase(),
          ),
        ),
      ]),
    ),
  )
}

function recordLink(record) {
  const text = isObject(record) ? record.stream + '/' + record.sourceRecordId : String(record)
  return el('span', { class: 'mono' }, name(text))
}
`
