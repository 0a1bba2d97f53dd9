const AT_WORK_SECONDS = 5
const IN_LINE_SECONDS = 30

/** @param {{ status: string }} generation */
export const isUnderway = ({ status }) => ['queued', 'processing', 'retrying'].includes(status)

/** @param {{ training_status: string }} style */
export const isInTraining = ({ training_status: status }) => status === 'pending' || status === 'training'

/**
 * How long until asking again is worth it: 5 s at work, 30 s in line, and no later than the
 * server itself expects the work to begin. Null when nothing is left to ask.
 * @param {{ status: string, place_in_line?: { estimated_start_seconds: number | null } | null }[]} generations
 * @param {{ training_status: string }[]} styles
 */
export function secondsUntilNextLook(generations, styles) {
  const waits = [
    ...generations.filter(isUnderway).map((one) => {
      if (one.status === 'processing') return AT_WORK_SECONDS
      const start = one.place_in_line?.estimated_start_seconds ?? IN_LINE_SECONDS
      return Math.min(IN_LINE_SECONDS, Math.max(AT_WORK_SECONDS, start))
    }),
    ...styles
      .filter(isInTraining)
      .map((one) => (one.training_status === 'training' ? AT_WORK_SECONDS : IN_LINE_SECONDS)),
  ]
  return waits.length ? Math.min(...waits) : null
}
