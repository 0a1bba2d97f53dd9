/**
 * Where a notification leads.
 * @param {{ type: string, actor: { id: string } | null, target: { type: string, id: string } }} notification
 */
export function destination({ type, actor, target }) {
  if (type === 'style_training_failed' || type === 'style_training_complete') {
    return { name: 'training', params: { id: target.id } }
  }
  if (type === 'follow' && actor) return { name: 'person', params: { id: actor.id } }
  if (target.type === 'style') return { name: 'style', params: { id: target.id } }
  if (target.type === 'user') return { name: 'person', params: { id: target.id } }
  return { name: 'image', params: { id: target.id } }
}
