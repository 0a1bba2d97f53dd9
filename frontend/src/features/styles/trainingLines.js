/**
 * How far a training has come, in words.
 * @param {import('@/features/jobs/store').Style} style
 * @param {(key: string, named?: Record<string, unknown>) => string} t
 * @param {{ number: (value: number) => string, duration: (seconds: number) => string }} format
 */
export function trainingLines(style, t, { number, duration }) {
  const { training_status: status, progress } = style
  if (status === 'pending') {
    const left = (style.artworks ?? []).filter((one) => one.is_valid === null).length
    return [left ? t('studio.inspecting', { count: number(left) }) : t('studio.inLine'), t('studio.mayClose')]
  }
  if (status !== 'training') return []
  if (!progress) return [t('studio.preparing'), t('studio.mayClose')]
  const round = t('studio.epoch', { current: number(progress.current_epoch), total: number(progress.total_epochs) })
  const left = progress.estimated_seconds ? [t('studio.left', { left: duration(progress.estimated_seconds) })] : []
  return [round, ...left, t('studio.mayClose')]
}
