import Type from 'typebox'
import type { Task } from '../sends/tasks.ts'

export const TaskShape = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  code: Type.Optional(Type.String()),
  sendId: Type.String(),
  personId: Type.Optional(Type.String()),
  createdMs: Type.Integer(),
  doneMs: Type.Optional(Type.Integer()),
  note: Type.Optional(Type.String()),
})

export function presentTask({ publicId, kind, code, sendId, personId, createdMs, doneMs, note }: Task) {
  return {
    id: publicId,
    kind,
    ...(code === undefined ? {} : { code }),
    sendId,
    ...(personId === undefined ? {} : { personId }),
    createdMs,
    ...(doneMs === undefined ? {} : { doneMs }),
    ...(note === undefined ? {} : { note }),
  }
}
